"""The chart of one patient, as a doctor sees it."""

from dashboards.chart.page import show_chart

show_chart(
    list_page="views/doctor/patients.py",
    results_page="views/doctor/results.py",
    medicines_page="views/doctor/medicines.py",
    active_list_page="views/doctor/active_list.py",
)
