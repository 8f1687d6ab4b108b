"""Whether the data is right: loads, checks, and what was refused."""
