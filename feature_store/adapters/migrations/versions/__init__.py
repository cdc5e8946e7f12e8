"""One file per step; a step that has run anywhere is never edited."""
