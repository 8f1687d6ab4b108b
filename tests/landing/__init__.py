"""Tests of the landing: what becomes of delivered files."""
