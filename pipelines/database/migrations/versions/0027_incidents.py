"""Incidents with a life and decisions about them, and values that people report.

The statements are in the folder ``0027_incidents``, a file a subject, in order.
"""

from pathlib import Path

from alembic import op

from pipelines.database.migrations.folders import apply_folder

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    apply_folder(op.get_bind(), Path(__file__).with_suffix(""))
