"""Clients and people made, ended and signed in."""
