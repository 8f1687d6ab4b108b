"""Access: who may see what, and what is written down about it."""
