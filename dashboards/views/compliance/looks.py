"""Looks that deserve a question, with their reasons."""

from dashboards.compliance.looks import show_looks

show_looks()
