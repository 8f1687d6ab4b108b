"""Research: what is released, who reads it, and how it is attacked."""
