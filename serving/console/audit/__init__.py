"""The auditor's pages: one household's whole story, and reviews of decisions drawn by chance."""
