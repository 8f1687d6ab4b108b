"""Reports of imaging and microbiology of one patient, as a doctor sees them."""

from dashboards.reports.page import show_reports

show_reports(list_page="views/doctor/patients.py", chart_page="views/doctor/chart.py")
