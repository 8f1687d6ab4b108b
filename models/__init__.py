"""Prediction models: cohorts in, models and scores out. No input or output here."""
