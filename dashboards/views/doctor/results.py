"""All results of one patient, as a doctor sees them."""

from dashboards.viewer.page import show_viewer

show_viewer(list_page="views/doctor/patients.py", chart_page="views/doctor/chart.py")
