"""Restricted records, and labels by role."""

from dashboards.compliance.restricting import show_restrictions

show_restrictions()
