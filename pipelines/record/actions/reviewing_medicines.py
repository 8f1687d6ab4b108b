"""Medication review: every medicine looked at, each with a verdict, and signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.noting import note
from pipelines.record.actions.permissions import require
from pipelines.record.actions.prescribing import is_current, stop_change
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.reading_whole import require_whole
from pipelines.record.actions.requirements import filled, one_of, refuse
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

ACTION = "change prescription"
NOT_WHOLE = "you are not on the care team, so not all medicines are open to you"
CONTINUE, STOP, CHANGE = "continue", "stop", "change"
VERDICTS = {
    CONTINUE: "Continue",
    STOP: "Stop",
    CHANGE: "Change the dose (prescribed separately)",
}


@dataclass(frozen=True)
class Reviewed:
    """One medicine and what is to become of it; ``why`` is needed to stop it."""

    prescription: Entry
    verdict: str
    why: str = ""
    remark: str = ""


def review_medicines(
    settings: Settings,
    person: Person,
    patient_key: int,
    reviewed: Sequence[Reviewed],
    *,
    conclusion: str,
    is_signed: bool,
) -> list[UUID]:
    """Write the review as a note, and stop in the same transaction what is to stop.

    Raises:
        ActionError: a medicine was not looked at, the review is not signed, or nothing
            could be saved; the message says why.
    """
    require(settings, person, ACTION, [patient_key])
    if not is_signed:
        refuse("a review counts when it is signed off")
    filled(conclusion, "the conclusion")
    for each in reviewed:
        one_of(each.verdict, VERDICTS, "a verdict")
    _require_all(settings, person, patient_key, reviewed)
    text = "\n".join([*map(_told, reviewed), "", conclusion.strip()])
    stops = [
        stop_change(each.prescription, each.why, each.remark or "Medication review")
        for each in reviewed
        if each.verdict == STOP
    ]
    review = note(person, patient_key, "medication_review", text)
    return save(settings, person, [review, *stops])


def _require_all(
    settings: Settings, person: Person, patient_key: int, reviewed: Sequence[Reviewed]
) -> None:
    """Refuse a review of another list than the patient has now."""
    require_whole(settings, person, ACTION, patient_key, NOT_WHOLE)
    now = {
        (entry.record_id, entry.version_id)
        for entry in entries(settings, person, "prescriptions", [patient_key])
        if is_current(entry)
    }
    seen = [(e.prescription.record_id, e.prescription.version_id) for e in reviewed]
    if set(seen) != now or len(seen) != len(now):
        refuse("the medicines changed meanwhile; look at the list again")


def _told(each: Reviewed) -> str:
    values = each.prescription.values
    parts = (values["drug_name"], values["dose_text"], values["dose_unit"])
    told = " ".join(part for part in parts if part)
    remark = f" ({each.remark.strip()})" if each.remark.strip() else ""
    return f"- {told}, {values['frequency_text']}: {VERDICTS[each.verdict]}{remark}"
