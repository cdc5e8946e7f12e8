"""The challenger in service: read from the registry, verified, asked beside every decision."""
