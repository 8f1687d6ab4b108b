"""The active list of one patient's medicines, as a nurse reads it."""

from dashboards.reconciling.page import show_active_list

show_active_list(list_page="views/nurse/patients.py", chart_page="views/nurse/chart.py")
