"""The risk of a readmission, as the model told it at discharge."""
