"""Audit: the trail, its months, weekly reviews, disclosures, looks to ask about.

Tables of the feeds and of access rules may be made after this revision.

The statements are in the folder ``0011_audit``, a file a subject, in order.
"""

from pathlib import Path

from alembic import op

from pipelines.database.migrations.folders import apply_folder

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    apply_folder(op.get_bind(), Path(__file__).with_suffix(""))
