"""Medication reconciliation: each line of the list of medicines decided, and signed.

The list has what any source tells that the patient takes; a line is an ingredient, or
the ingredients of a product together. A signature writes one version of the list as a
whole, one of each line, and a note that says all of it in words; own prescriptions that
are to stop stop in the same transaction. There is one list per patient: of two doctors
who sign at once, one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.noting import note
from pipelines.record.actions.permissions import require
from pipelines.record.actions.prescribing import STOP_REASONS, is_current, stop_change
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.reading_whole import require_whole
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    refuse,
    without_nothing,
)
from pipelines.record.actions.saving import CHANGED, save
from pipelines.settings import Settings

FEED = "medication_reconciliations"
SIGN, CHANGE_SIGNED = "reconcile medicines", "change reconciliation"
NOT_WHOLE = "you are not on the care team, so not all medicines are open to you"
CHANGED_MEANWHILE = (
    "somebody signed this list, or changed one of its medicines, a moment ago; look at "
    "the list again"
)
LIST, LINE = "list", "medicine"
SIGNED, WITHDRAWN = "signed", "withdrawn"
CONTINUE, CHANGE, STOP, NOT_TAKEN, ASK = (
    "continue",
    "change",
    "stop",
    "not_taken",
    "ask",
)
DECISIONS = {
    CONTINUE: "Continue",
    CHANGE: "Change (the new dose is prescribed separately)",
    STOP: "Stop",
    NOT_TAKEN: "Not taken",
    ASK: "Ask (it stays undecided)",
}
WITH_REASON = frozenset({STOP, CHANGE})
OCCASIONS = {
    "admission": "Admission",
    "transfer": "Transfer",
    "discharge": "Discharge",
    "other": "Review at another time",
}
AGAIN = "Reconciled again"
MOST_DIGESTS = 200


@dataclass(frozen=True)
class Decided:
    """One line of the list, and what becomes of it.

    ``why`` is a code of ``STOP_REASONS``; ``seen`` are the digests of what the sources
    said, ``told`` their words, ``prescriptions`` those of our own record that run.
    """

    medicine: str
    decision: str
    why: str = ""
    remark: str = ""
    seen: tuple[str, ...] = ()
    told: str = field(default="", repr=False)
    prescriptions: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Reconciled:
    """What stands decided about a patient: the signature, and each line by its name."""

    signature: Entry | None = None
    lines: dict[str, Entry] = field(default_factory=dict)

    @property
    def is_signed(self) -> bool:
        """Return whether a signature stands; a withdrawn one does not."""
        return self.signature is not None and holds(self.signature)

    def of(self, medicine: str) -> Entry | None:
        """Return the decision that stands about a line, if there is one."""
        entry = self.lines.get(medicine)
        return entry if entry is not None and holds(entry) else None


def holds(entry: Entry) -> bool:
    """Return whether something that was signed stands."""
    return entry.values["status_code"] == SIGNED and not entry.is_entered_in_error


def reconciled(found: Sequence[Entry]) -> Reconciled:
    """Return what stands decided, from the entries of a patient.

    Where records were merged there are two of a kind: the newer holds.
    """
    signature: Entry | None = None
    lines: dict[str, Entry] = {}
    for entry in sorted(found, key=lambda each: each.changed_at):
        if entry.values["line_code"] == LIST:
            signature = entry
        else:
            lines[entry.values["medicine_name"]] = entry
    return Reconciled(signature, lines)


def sign_list(  # noqa: PLR0913 - what a signature consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    decided: Sequence[Decided],
    *,
    before: Reconciled,
    occasion: str,
    conclusion: str,
    is_signed: bool,
) -> list[UUID]:
    """Sign the whole list; ``before`` is what stood decided when it was read.

    Raises:
        ActionError: a medicine was left out, a reason is missing, it is not signed, or
            nothing could be saved; the message says why.
    """
    require(settings, person, SIGN, [patient_key])
    if not is_signed:
        refuse("a list counts when it is signed off")
    filled(conclusion, "the conclusion")
    one_of(occasion, OCCASIONS, "the occasion")
    for each in decided:
        _require_decided(each)
    _require_all(settings, person, patient_key, decided)
    changes = _changes(person, patient_key, decided, before, occasion)
    text = "\n".join(
        [f"At: {OCCASIONS[occasion]}", *map(_told, decided), "", conclusion.strip()]
    )
    written = note(person, patient_key, "medication_review", text)
    return _saved(settings, person, [*changes, written, *_stops(decided)])


def withdraw_list(
    settings: Settings,
    person: Person,
    patient_key: int,
    before: Reconciled,
    *,
    reason: str,
) -> list[UUID]:
    """Take a signature back: nothing counts as decided until the list is signed anew.

    What was stopped with it stays stopped, and its note stays readable.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    require(settings, person, CHANGE_SIGNED, [patient_key])
    why = filled(reason, "the reason")
    if before.signature is None or not before.is_signed:
        refuse("no signature stands under this list")
    standing = [before.signature, *filter(holds, before.lines.values())]
    withdrawn = {"status_code": WITHDRAWN}
    changes = [correction(CHANGE_SIGNED, each, withdrawn, why) for each in standing]
    return _saved(settings, person, changes)


def _saved(settings: Settings, person: Person, changes: list[Change]) -> list[UUID]:
    """Save all of it or none; who came second is told what happened."""
    try:
        return save(settings, person, changes)
    except ActionError as problem:
        if str(problem) == CHANGED:
            refuse(CHANGED_MEANWHILE)
        raise


def _require_decided(each: Decided) -> None:
    filled(each.medicine, "the medicine")
    one_of(each.decision, DECISIONS, "a decision")
    if each.decision in WITH_REASON:
        one_of(each.why, STOP_REASONS, "the reason")
    if len(each.seen) > MOST_DIGESTS:
        refuse("a line has more facts than can be signed at once")


def _require_all(
    settings: Settings, person: Person, patient_key: int, decided: Sequence[Decided]
) -> None:
    """Refuse a list that lacks a medicine of our record, or has one twice."""
    require_whole(settings, person, SIGN, patient_key, NOT_WHOLE)
    now_running = {
        (entry.record_id, entry.version_id)
        for entry in entries(settings, person, "prescriptions", [patient_key])
        if is_current(entry)
    }
    seen = [
        (entry.record_id, entry.version_id)
        for each in decided
        for entry in each.prescriptions
    ]
    names = [each.medicine for each in decided]
    is_same = set(seen) == now_running and len(seen) == len(now_running)
    if not is_same or len(set(names)) != len(names):
        refuse("the medicines changed meanwhile; look at the list again")


def _changes(
    person: Person,
    patient_key: int,
    decided: Sequence[Decided],
    before: Reconciled,
    occasion: str,
) -> list[Change]:
    """Return the signature and its lines, each in the place of the one before."""
    at = now()
    whole = _values(person, at) | {"line_code": LIST, "occasion_code": occasion}
    once = f"reconciliation-{patient_key & (1 << 64) - 1:016x}"
    signature = _version(patient_key, whole, before.signature, once)
    lines = [
        _version(
            patient_key,
            _values(person, at) | _line(each),
            before.lines.get(each.medicine),
        )
        for each in decided
    ]
    return [signature, *lines]


def _values(person: Person, at: datetime) -> dict[str, Any]:
    return {
        "status_code": SIGNED,
        "practitioner_id": person.practitioner_id,
        "decided_by_name": person.display_name,
        "decided_at": at,
    }


def _line(each: Decided) -> dict[str, Any]:
    has_reason = each.decision in WITH_REASON
    return {
        "line_code": LINE,
        "medicine_name": each.medicine,
        "decision_code": each.decision,
        "reason_name": STOP_REASONS[each.why] if has_reason else None,
        "seen_digests": " ".join(sorted(set(each.seen))) or None,
    }


def _version(
    patient_key: int,
    values: dict[str, Any],
    seen: Entry | None,
    record_id: str | None = None,
) -> Change:
    if seen is not None and not seen.is_entered_in_error:
        return correction(CHANGE_SIGNED, seen, values, AGAIN)
    # What was made in error has no life after it: what follows is another entry.
    own_id = record_id if seen is None else None
    return Change(SIGN, patient_key, without_nothing(values), record_id=own_id)


def _stops(decided: Sequence[Decided]) -> list[Change]:
    return [
        stop_change(entry, each.why, each.remark or "Medication reconciliation")
        for each in decided
        if each.decision == STOP
        for entry in each.prescriptions
    ]


def _told(each: Decided) -> str:
    """Return a line in words, for the note."""
    why = STOP_REASONS[each.why] if each.decision in WITH_REASON else ""
    more = "; ".join(part for part in (why, each.remark.strip()) if part)
    told = f" ({each.told})" if each.told else ""
    return f"- {each.medicine}{told}: {DECISIONS[each.decision]}" + (
        f" ({more})" if more else ""
    )
