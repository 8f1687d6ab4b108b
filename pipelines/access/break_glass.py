"""Breaking the glass: a restricted record, opened for an hour, with a reason.

One named patient, the password or the identity provider again, 60 minutes; compliance
reviews every opening. Nobody is asked to break a glass for a patient whom they may see
already.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipelines.access.acting import Act, RuleError, asking, perform
from pipelines.access.confirming import Proof, confirm_identity
from pipelines.access.people import Person
from pipelines.settings import Settings

REASONS = {
    "emergency": "Emergency treatment",
    "covering": "Covering for a colleague",
    "consult": "Asked for advice by the treating team",
    "result_follow_up": "Following up a result or an order of mine",
    "other": "Other, as written below",
}
SHORTEST_REASON = 10
OPEN = "select break_glass_id, ends_at from access.open_glass(%s, %s, %s)"
CLOSE = "select access.close_glass(%s)"
OPEN_NOW = """
    select break_glass_id, patient_key, opened_at, ends_at from access.open_glasses()
"""

IS_CLOSED = """
    select %s = any(access.closed_patients())
"""


@dataclass(frozen=True)
class OpenGlass:
    """A record that a person has open by breaking the glass."""

    break_glass_id: UUID
    patient_key: int
    opened_at: datetime
    ends_at: datetime

    def minutes_left(self, now: datetime) -> int:
        """Return the minutes until it closes, a begun one included."""
        return max(0, -int((now - self.ends_at).total_seconds() // 60))


def break_glass(
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    reason_code: str,
    reason_text: str,
    proof: Proof,
) -> datetime:
    """Open a restricted record to a person for an hour; return until when.

    Raises:
        RuleError: no reason was given, or there is no glass to break.
        SignInError: the proof is none, or there were too many tries.
    """
    if reason_code not in REASONS:
        msg = "choose a reason from the list"
        raise RuleError(msg)
    if len(reason_text.strip()) < SHORTEST_REASON:
        msg = f"write the reason in at least {SHORTEST_REASON} characters"
        raise RuleError(msg)
    confirm_identity(settings, person, proof)
    act = Act(
        action="break glass",
        subject="record",
        statement=OPEN,
        values=(patient_key, reason_code, reason_text.strip()),
        patient_keys=[patient_key],
        # The text may name the patient; it is kept for the review, not in the trail.
        purpose=reason_code,
    )
    _, ends_at = perform(settings, person, act)
    return ends_at


def close_glass(settings: Settings, person: Person, glass: OpenGlass) -> None:
    """Close a record before its hour is over."""
    act = Act(
        action="close glass",
        subject="record",
        statement=CLOSE,
        values=(glass.break_glass_id,),
        patient_keys=[glass.patient_key],
    )
    perform(settings, person, act)


def open_glasses(settings: Settings, person: Person) -> list[OpenGlass]:
    """Return what the person has open now."""
    with asking(settings, person) as connection:
        return [OpenGlass(*row) for row in connection.execute(OPEN_NOW)]


def is_closed(settings: Settings, person: Person, patient_key: int) -> bool:
    """Return whether a record is restricted and not open to the person."""
    with asking(settings, person) as connection:
        return bool(connection.execute(IS_CLOSED, (patient_key,)).fetchone()[0])
