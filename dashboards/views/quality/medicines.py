"""Which medicines are mapped to ingredients, and which daily doses are known."""

from dashboards.quality.medicines import show_medicines

show_medicines()
