"""What patients want corrected."""

from dashboards.desk.corrections import show_corrections

show_corrections()
