"""A recorded decision made again, as it was or with one thing changed."""
