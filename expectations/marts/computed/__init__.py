"""What a mart works out comes out the same when it is worked out again.

Each is a second way to the same number, or a relation that numbers of one row keep; the
clinical rules themselves are tried by dbt's unit tests.
"""
