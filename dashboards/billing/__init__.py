"""Billing: claims by status and payer, and the account of each patient."""
