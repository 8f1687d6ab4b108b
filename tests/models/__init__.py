"""Tests of the prediction models, which do no input or output."""
