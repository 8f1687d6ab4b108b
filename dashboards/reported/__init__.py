"""Values that a clinician reports as wrong, and what became of them."""
