"""The medicines of one patient over time, as a nurse sees them."""

from dashboards.medicines.page import show_medicines_over_time

show_medicines_over_time(
    list_page="views/nurse/patients.py", chart_page="views/nurse/chart.py"
)
