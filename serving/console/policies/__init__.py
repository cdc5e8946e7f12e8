"""The policy workshop: approved versions and drafts, what changes in words, trials on the whole county, approval by two people."""
