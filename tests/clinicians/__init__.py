"""Doctors and nurses write on the pages of a clinic with a record."""
