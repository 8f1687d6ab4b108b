"""What left the house about a patient."""

from dashboards.compliance.disclosures import show_disclosures

show_disclosures()
