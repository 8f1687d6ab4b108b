"""Billing: what is owed for visits, and what comes in for it."""
