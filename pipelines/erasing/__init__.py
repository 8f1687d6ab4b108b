"""Lawful erasure: one patient leaves every place, and does not come back."""
