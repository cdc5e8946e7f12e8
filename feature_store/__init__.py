"""What was true about each household, and when we knew it: filings on two time axes, and their import."""
