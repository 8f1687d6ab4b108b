"""Printable reports of a delivery and of a month: one file each, nothing from outside.

Counts, names of sources, feeds and checks; no patient's value, no identifier, no name
of a file, which may be a patient's, and no words of staff, which may tell one.
"""
