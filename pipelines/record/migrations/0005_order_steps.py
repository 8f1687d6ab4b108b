"""The steps that a prescription or a wish about a medicine can take.

The statements are in ``0005_order_steps.sql``; the steps in ``pipelines.record.steps``.
"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements)
