"""What follows from an alarm of the watch: entries of the log, a webhook's messages, the opinion suspended."""
