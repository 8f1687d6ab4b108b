"""A patient's own record in plain words: no code, no risk, no number alone."""
