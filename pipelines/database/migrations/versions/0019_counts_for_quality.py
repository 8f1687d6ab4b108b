"""Quality staff read counts among the marts.

Which of them follows from each mart's own readers; no mart with a patient has them.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let quality staff into the schema; the build grants the marts of counts."""
    op.execute("grant usage on schema marts to ehr_quality")
