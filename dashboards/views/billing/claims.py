"""Claims by status and payer."""

from dashboards.billing.claims import show_claims

show_claims("views/billing/account.py")
