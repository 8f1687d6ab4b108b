"""How long critical results wait to be acknowledged."""

from dashboards.quality.critical_results import show_critical_results

show_critical_results()
