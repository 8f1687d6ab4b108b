"""Tests of incidents, of decisions about them, and of values reported as wrong."""
