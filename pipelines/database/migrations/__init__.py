"""The revisions of the warehouse's schemas, applied by Alembic."""
