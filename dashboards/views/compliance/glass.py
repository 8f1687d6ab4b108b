"""Openings of restricted records, to be decided."""

from dashboards.compliance.glass import show_glass

show_glass()
