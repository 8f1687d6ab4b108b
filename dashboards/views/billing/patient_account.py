"""The account of one patient."""

from dashboards.billing.account import show_account

show_account(list_page="views/billing/claims.py")
