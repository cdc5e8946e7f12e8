"""The console: pages for people, over the same use cases and the same rules of access as the API."""
