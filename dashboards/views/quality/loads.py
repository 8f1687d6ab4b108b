"""Every load with its books."""

from dashboards.quality.loads import show_loads

show_loads()
