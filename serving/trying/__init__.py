"""A draft policy tried on a whole county before anybody signs it: who would move, for which change, at what price."""
