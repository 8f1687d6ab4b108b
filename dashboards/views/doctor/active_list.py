"""The active list of one patient's medicines, as a doctor reads and signs it."""

from dashboards.reconciling.page import show_active_list

show_active_list(
    list_page="views/doctor/patients.py", chart_page="views/doctor/chart.py"
)
