"""Finding a patient at the desk, by name, record number or birth date."""

from dashboards.desk.finding import show_search

show_search("views/registrar/patient.py")
