"""Who may do what, and whether they still need it."""

from dashboards.compliance.grants import show_grants

show_grants()
