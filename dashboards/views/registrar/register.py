"""Registering a patient."""

from dashboards.desk.registering import show_registering

show_registering("views/registrar/patient.py")
