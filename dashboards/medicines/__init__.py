"""A patient's medicines over time: by ingredient, with doses, gaps and days covered."""
