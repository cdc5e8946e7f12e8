"""The county's pages: townships and villages, stops, what sources filed, and the import of their files."""
