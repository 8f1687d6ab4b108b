"""Vital signs of all of a nurse's patients."""

from dashboards.ward.vitals import show_ward_vitals

show_ward_vitals()
