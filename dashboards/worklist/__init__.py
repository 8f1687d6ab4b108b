"""The worklist: abnormal results that nobody has acknowledged."""
