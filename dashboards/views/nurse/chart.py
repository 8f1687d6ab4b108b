"""The chart of one patient, as a nurse sees it."""

from dashboards.chart.page import show_chart

show_chart(
    list_page="views/nurse/patients.py",
    results_page="views/nurse/results.py",
    medicines_page="views/nurse/medicines.py",
    active_list_page="views/nurse/active_list.py",
)
