"""Who may see what beyond the role: consents, labels, breaking the glass.

Also restrictions, a nurse's take-over, and why somebody can or cannot see a patient.
What is written here holds from the next statement on; nothing waits for a build. A rule
about one number of a person holds for the person: keys are compared as those that the
person goes on under (``raw.merged_patients``, made by a later revision).

The statements are in the folder ``0010_access_rules``, a file a subject, in order.
"""

from pathlib import Path

from alembic import op

from pipelines.database.migrations.folders import apply_folder

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements."""
    apply_folder(op.get_bind(), Path(__file__).with_suffix(""))
