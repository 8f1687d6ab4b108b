"""Events of the trail by person, patient, period, action and result."""

from dashboards.compliance.search import show_search

show_search()
