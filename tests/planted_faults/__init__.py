"""Faults of sixty kinds, planted one at a time into clean records, and what finds them.

``python -m tests.planted_faults`` plants all of them, each as a source of its own
beside its clean twin, and writes ``docs/planted_faults.md``.
"""
