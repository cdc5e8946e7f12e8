"""The challenger's versions: what each is, what its gate found, which stands, and what two people do about it."""
