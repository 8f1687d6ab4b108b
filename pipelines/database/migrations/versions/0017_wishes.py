"""Wishes taken down at the desk, and when patients read their results.

The statements are in the folder ``0017_wishes``, a file a subject, in order.
"""

from pathlib import Path

from alembic import op

from pipelines.database.migrations.folders import apply_folder

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    apply_folder(op.get_bind(), Path(__file__).with_suffix(""))
