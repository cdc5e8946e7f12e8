"""What two people let stand: a model that advises, a policy that binds."""
