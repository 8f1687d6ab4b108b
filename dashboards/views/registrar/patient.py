"""The desk of one patient."""

from dashboards.desk.page import show_desk

show_desk(list_page="views/registrar/patients.py")
