"""What answers stand on, and what the service does by itself."""
