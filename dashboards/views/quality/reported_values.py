"""Values that clinicians reported as wrong."""

from dashboards.quality.reported_values import show_reported_values

show_reported_values()
