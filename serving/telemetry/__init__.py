"""Seeing the service run: its process log and its metrics. Neither holds anything about a household."""
