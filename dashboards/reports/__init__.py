"""Reports of imaging and of microbiology about one patient."""
