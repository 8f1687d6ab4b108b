"""Values that the doctor reported as wrong, and what became of them."""

from dashboards.reported.own import show_own_reports

show_own_reports()
