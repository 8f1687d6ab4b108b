"""The whole record: a schema per domain, and who is admitted to whose entries.

The statements are in ``0002_record.sql``; the tables follow from the contracts of the
feeds (``pipelines/record/tables.py``).
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements)
