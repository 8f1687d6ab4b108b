"""All results of one patient, as a nurse sees them."""

from dashboards.viewer.page import show_viewer

show_viewer(list_page="views/nurse/patients.py", chart_page="views/nurse/chart.py")
