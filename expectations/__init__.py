"""What a delivery must look like: one suite per feed, and the engine that judges by it.

A rule has one home. A suite holds what the delivered row or the load as a whole can
tell; keys, relations and derived rules belong to dbt, types and constraints to
PostgreSQL.
"""
