"""The medicines of one patient over time, as a doctor sees them."""

from dashboards.medicines.page import show_medicines_over_time

show_medicines_over_time(
    list_page="views/doctor/patients.py", chart_page="views/doctor/chart.py"
)
