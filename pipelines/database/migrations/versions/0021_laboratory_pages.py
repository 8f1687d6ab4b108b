"""Rejections that were seen, former texts of reports, and origins for the laboratory.

The statements are in ``0021_laboratory_pages.sql``.
"""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements)
