"""The log of decisions: canonical entries, committed before they are answered."""
