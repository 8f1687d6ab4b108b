"""Patients of the ward, to be taken over."""

from dashboards.ward.taking_over import show_ward

show_ward()
