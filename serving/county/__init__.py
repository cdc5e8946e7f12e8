"""Everyone at once: register, opinions, areas and their stops."""
