"""The watch: figures of a quarter, judged by visible limits, and the alarms that follow. Advisory; it changes no grade."""
