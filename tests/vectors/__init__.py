"""Golden vectors: the rules against cases with known answers."""
