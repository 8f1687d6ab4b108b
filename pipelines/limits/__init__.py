"""Limits of values: learned from the site's own results, signed by people, judged.

What is proposed follows from one rule (``rule``); nothing is a limit before an officer
has signed it (``pipelines.access.limits``).
"""
