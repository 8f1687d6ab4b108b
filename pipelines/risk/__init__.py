"""The readmission model's input and output: cohort in, models and scores out."""
