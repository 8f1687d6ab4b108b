"""Tests of the catalogue of checks, of the scans, and of what they find."""
