"""Persons: patient ids that were found to be one, and what followed from it.

The statements are in ``0016_persons.sql``; the views follow from the contracts of the
feeds (``pipelines/landing/raw_tables.py``).
"""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements)
