"""The watch: alarms that stand, and every stored report with its figures as they were stored."""
