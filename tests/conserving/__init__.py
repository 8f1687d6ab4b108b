"""Tests of conservation and of the comparison with the operational record."""
