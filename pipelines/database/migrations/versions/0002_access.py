"""People, their sessions, and who is responsible for which patient.

The statements are in ``0002_access.sql``: plain SQL, readable without Python.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and functions of ``access``."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements)
