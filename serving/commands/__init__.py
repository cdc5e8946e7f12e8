"""Subcommands of ``lushi`` that serve, grade, assess and replay."""
