"""A household's rights: objections, overrides, its own report."""
