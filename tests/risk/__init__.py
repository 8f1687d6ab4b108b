"""Tests of the readmission model's way from the marts to the risk of a stay."""
