"""How often delta checks raise alerts and draws look spoiled."""

from dashboards.quality.delta_checks import show_delta_checks

show_delta_checks()
