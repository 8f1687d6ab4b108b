"""What is ordered and what was done: as the marts have it, or saved a moment ago."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboards.chart.words import unit_text
from dashboards.writing.local_time import local
from dashboards.writing.tellers import dosage_words
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.prescribing import is_current

SOURCE_OF_RECORD = "operational:"
AS_NEEDED = "as needed"


@dataclass(frozen=True)
class Ordered:
    """One medicine as it is ordered; times are those of the site's clock."""

    patient_key: int
    key: str
    drug_name: str
    drug_code: str | None
    dosage: str
    frequency_text: str | None
    doses_per_day: float | None
    is_as_needed: bool
    started_at: datetime | None
    ended_at: datetime | None
    is_running: bool
    is_pending: bool = False

    @property
    def record_id(self) -> str | None:
        """Return its id in the record; None where another system delivered it."""
        is_here = self.key.startswith(SOURCE_OF_RECORD)
        return self.key.removeprefix(SOURCE_OF_RECORD) if is_here else None

    def is_ordered(self, at: datetime) -> bool:
        """Return whether the order held at an instant."""
        has_begun = self.started_at is None or self.started_at <= at
        return has_begun and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True)
class Recorded:
    """One dose that was given, or why not."""

    patient_key: int
    key: str
    prescription_key: str | None
    drug_name: str
    drug_code: str | None
    status: str
    amount: str
    reason: str
    who: str
    scheduled_at: datetime | None
    at: datetime
    is_pending: bool = False

    def is_of(self, ordered: Ordered) -> bool:
        """Return whether it is a dose of a medicine, by whichever order."""
        if self.patient_key != ordered.patient_key:
            return False
        if self.drug_code and self.drug_code == ordered.drug_code:
            return True
        return self.drug_name.casefold() == ordered.drug_name.casefold()


def since(ordered: Sequence[Ordered], lies_since: datetime) -> list[Ordered]:
    """Return medicines of which nothing is due before the patient came."""
    return [
        replace(each, started_at=max(each.started_at or lies_since, lies_since))
        for each in ordered
    ]


def ordered_of_entry(entry: Entry) -> Ordered:
    """Return a medicine that was ordered or changed a moment ago."""
    values = entry.values
    per_day = values["doses_per_day"]
    return Ordered(
        patient_key=int(entry.patient_key or 0),
        key=entry.key,
        drug_name=values["drug_name"] or "Medicine not named",
        drug_code=values["drug_code"],
        dosage=dosage_words(values),
        frequency_text=values["frequency_text"],
        doses_per_day=None if per_day is None else float(per_day),
        is_as_needed=AS_NEEDED in (values["frequency_text"] or "").casefold(),
        started_at=local(values["started_at"]),
        ended_at=local(values["ended_at"]),
        is_running=is_current(entry),
        is_pending=True,
    )


def recorded_of_entry(entry: Entry) -> Recorded:
    """Return a dose that was saved a moment ago."""
    values = entry.values
    prescription = values["prescription_id"]
    return Recorded(
        patient_key=int(entry.patient_key or 0),
        key=entry.key,
        prescription_key=f"{SOURCE_OF_RECORD}{prescription}" if prescription else None,
        drug_name=values["drug_name"] or "",
        drug_code=values["drug_code"],
        status=values["status_code"],
        amount=amount_words(values["dose_text"], values["dose_unit"]),
        reason=values["reason_name"] or "",
        who=values["performer_name"] or entry.changed_by_name,
        scheduled_at=local(values["scheduled_at"]),
        at=local(values["administered_at"]) or entry.changed_at,
        is_pending=True,
    )


def amount_words(text: str | None, unit: str | None) -> str:
    """Return how much a dose is."""
    return " ".join(part for part in (text, unit_text(unit)) if part)
