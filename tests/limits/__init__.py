"""Limits of values and thresholds of checks: learned, signed, judged, applied."""
