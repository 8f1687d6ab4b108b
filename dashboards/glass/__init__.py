"""Restricted records: what is kept from whom, and breaking the glass."""
