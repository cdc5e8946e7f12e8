"""The bank's call: made, recorded and closed."""
