"""Billing looks up the titles of diagnoses: a claim names one.

The right to the table itself comes with its loading, as it is made anew.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let billing into the schema; no patient is in it."""
    op.execute("grant usage on schema terminology to ehr_billing")
