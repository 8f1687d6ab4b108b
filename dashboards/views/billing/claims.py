"""Claims by status and payer."""

from dashboards.billing.claims import show_claims

show_claims("views/billing/patient_account.py")
