"""Prescriptions: new, in another dose, stopped.

A prescription is not rewritten: another dose is a new prescription that names the one
it replaces, and that one stops in the same transaction.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.dosage import Dosage, checked
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "prescriptions"
RUNNING = frozenset({"active", "intended", "on-hold", "on_hold"})
# Why a medicine is stopped or changed; coded, because it stands beside the medicine.
STOP_REASONS = {
    "no_longer_needed": "No longer needed",
    "not_effective": "Not effective",
    "side_effect": "Side effect",
    "allergy": "Allergy",
    "interaction": "Interaction",
    "patients_wish": "Wish of the patient",
    "dose_adjusted": "Dose adjusted",
    "replaced": "Replaced by another medicine",
}
# Why a medicine is prescribed in spite of an alert.
OVERRIDE_REASONS = {
    "benefit": "The benefit outweighs the risk",
    "monitored": "It will be monitored",
    "tolerated": "Tolerated before",
    "no_alternative": "There is no alternative",
    "apart": "Given for a short time, or apart in time",
    "not_applicable": "The alert does not apply to this patient",
}
LONGEST_BACK = timedelta(days=7)
LONGEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Medicine:
    """What is prescribed; a medicine that is on no list has a name only."""

    drug_name: str
    drug_code: str | None = None
    code_system: str | None = None
    strength_text: str | None = None


@dataclass(frozen=True)
class Override:
    """The alerts that a medicine is prescribed in spite of, by their codes, and why."""

    alerts: tuple[str, ...]
    reason: str


def prescribe(  # noqa: PLR0913 - what a prescription consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    medicine: Medicine,
    dosage: Dosage,
    started_at: datetime | None = None,
    reason_code: str | None = None,
    reason_name: str | None = None,
    encounter_id: str | None = None,
    override: Override | None = None,
) -> list[UUID]:
    """Prescribe a medicine; ``override`` says which alerts were no reason not to.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    begins = started_at or now()
    if not now() - LONGEST_BACK <= begins <= now() + LONGEST_AHEAD:
        refuse("a prescription begins between seven days ago and a year from now")
    values = {
        **_as_values(medicine, dosage),
        "encounter_id": encounter_id,
        "status_code": "active",
        "reason_code": reason_code,
        "reason_name": reason_name,
        "practitioner_id": person.practitioner_id,
        "started_at": begins,
        **_as_columns(override),
    }
    return save(
        settings, person, [Change("prescribe", patient_key, without_nothing(values))]
    )


def change_dose(
    settings: Settings, person: Person, seen: Entry, *, dosage: Dosage, reason: str
) -> list[UUID]:
    """Prescribe a medicine in another dosage, in the place of the one before.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    return save(settings, person, dose_changes(person, seen, dosage, reason))


def dose_changes(
    person: Person, seen: Entry, dosage: Dosage, reason: str
) -> list[Change]:
    """Return what a change of dose writes: the new prescription and the old one's end.

    Raises:
        ActionError: the prescription cannot be changed so.
    """
    require_current(seen)
    at = now()
    kept = ("drug_code", "code_system", "drug_name", "strength_text", "ndc_code")
    carried = (*kept, "encounter_id", "reason_code", "reason_name")
    wanted = checked(dosage)
    if all(seen.values.get(name) == value for name, value in wanted.items()):
        refuse("nothing would change")
    new = {
        **{name: seen.values.get(name) for name in carried},
        **wanted,
        "status_code": "active",
        "replaces_prescription_id": seen.record_id,
        "change_reason_name": STOP_REASONS["dose_adjusted"],
        "practitioner_id": person.practitioner_id,
        "started_at": max(at, seen.values["started_at"] or at),
    }
    return [
        stop_change(seen, "dose_adjusted", reason, status="replaced", at=at),
        Change("prescribe", seen.patient_key, without_nothing(new)),
    ]


def stop(
    settings: Settings, person: Person, seen: Entry, *, why: str, reason: str
) -> list[UUID]:
    """Stop a medicine.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    return save(settings, person, [stop_change(seen, why, reason)])


def stop_change(
    seen: Entry,
    why: str,
    reason: str,
    *,
    status: str = "stopped",
    at: datetime | None = None,
) -> Change:
    """Return the end of a prescription, to be saved alone or with others."""
    require_current(seen)
    one_of(why, STOP_REASONS, "the reason")
    ended_at = at or now()
    begins = seen.values["started_at"]
    if begins is not None and begins > ended_at:  # never begun
        status, ended_at = "cancelled", begins
    values = {
        "status_code": status,
        "change_reason_name": STOP_REASONS[why],
        "ended_at": ended_at,
    }
    return correction("change prescription", seen, values, reason)


def is_current(entry: Entry) -> bool:
    """Return whether a prescription runs, or is to begin, as the record says."""
    ended_at = entry.values["ended_at"]
    return (
        not entry.is_entered_in_error
        and entry.values["status_code"] in RUNNING
        and (ended_at is None or ended_at > now())
    )


def require_current(seen: Entry) -> None:
    """Refuse what is about a prescription that has ended.

    Raises:
        ActionError: it has.
    """
    standing(seen, FEED)
    if not is_current(seen):
        refuse("this prescription has ended already")


def _as_columns(override: Override | None) -> dict[str, object]:
    if override is None:
        return {}
    one_of(override.reason, OVERRIDE_REASONS, "the reason to prescribe all the same")
    filled(",".join(override.alerts), "the alerts")
    return {
        "alerts_overridden": ",".join(override.alerts),
        "override_reason_name": OVERRIDE_REASONS[override.reason],
    }


def _as_values(medicine: Medicine, dosage: Dosage) -> dict[str, object]:
    filled(medicine.drug_name, "the medicine")
    return {**asdict(medicine), **checked(dosage)}
