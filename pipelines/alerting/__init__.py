"""Tells quality staff what turned, by e-mail or webhook: at least once, rarely twice.

What is told is entered in ``quality.alert`` first. It holds names of checks, sources
and counts; no value, no identifier, no file's name.
"""
