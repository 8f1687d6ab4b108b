"""Audit: months, the spool, weekly reviews, disclosures, looks to ask about.

The statements are in ``0011_audit.sql``.
"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    statements = Path(__file__).with_suffix(".sql").read_text().replace("%", "%%")
    op.get_bind().exec_driver_sql(statements)
