"""The active list of a patient's medicines, from every source, to be reconciled."""
