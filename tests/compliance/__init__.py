"""Which rule of the law is met by what, and which tests prove it.

``rules.yaml`` has a line per rule: its place, what it asks in short, the feature, and
the test files that prove it. ``python -m tests.compliance`` writes
``docs/compliance.md`` from the outcomes of the last run of the tests; with ``--check``
it fails where a rule has a test that failed, was skipped or did not run.
"""
