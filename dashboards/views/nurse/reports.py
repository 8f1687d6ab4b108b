"""Reports of imaging and microbiology of one patient, as a nurse sees them."""

from dashboards.reports.page import show_reports

show_reports(list_page="views/nurse/patients.py", chart_page="views/nurse/chart.py")
