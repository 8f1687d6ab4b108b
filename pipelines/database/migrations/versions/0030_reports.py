"""Scorecards with history, what alerts have told, incidents of a page asked cheaply.

The statements are in the folder ``0030_reports``, a file a subject, in order.
"""

from pathlib import Path

from alembic import op

from pipelines.database.migrations.folders import apply_folder

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    apply_folder(op.get_bind(), Path(__file__).with_suffix(""))
