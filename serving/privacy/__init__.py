"""What leaves and when, ID numbers unmasked or under new keys."""
