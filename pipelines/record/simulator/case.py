"""Everything about one simulated patient while their time goes by."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from pipelines.record.simulator import allergies
from pipelines.record.simulator.body import Body
from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.conditions import CHRONIC
from pipelines.record.simulator.formulary import FORMULARY
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.journal import Journal, Row
from pipelines.record.simulator.medicines import Order, Regimen
from pipelines.record.simulator.person import Person
from pipelines.record.simulator.population import Window

Asked = tuple["Visit", tuple[str, ...], int, str]

ALLERGEN_PRESCRIBED_SHARE = 0.015  # of the occasions on which it could happen


@dataclass
class Visit:
    """An encounter in which something is measured, ordered or decided."""

    encounter_id: str
    minute: int
    practitioner_id: str
    is_inpatient: bool = False


@dataclass
class Case:
    """A person with their record, medicines, body and doctor."""

    person: Person
    window: Window
    hospital: Hospital
    rng: np.random.Generator
    journal: Journal
    regimen: Regimen
    body: Body
    doctor: str
    doctor_since: int = 0
    problems: dict[str, Row] = field(default_factory=dict)  # diagnosed, by disease
    latest: dict[str, float] = field(default_factory=dict)  # what the doctors know
    changed: dict[str, int] = field(default_factory=dict)  # last step of a treatment
    intolerances: set[str] = field(default_factory=set)
    discharges: list[int] = field(default_factory=list)
    risks: list[tuple[int, float]] = field(default_factory=list)  # at each discharge
    mistakes: Counter[str] = field(default_factory=Counter)
    # What was asked of the laboratory and was not ready when the record ended.
    unanswered: list[Asked] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Return the minute at which this record stops."""
        died = self.person.died
        return self.window.end if died is None else min(died, self.window.end)

    def order(self, visit: Visit, disease: str) -> Order:
        """Return an order for a chronic disease, given on the day after the visit."""
        minute = visit.minute if visit.is_inpatient else visit.minute + DAY
        name = CHRONIC[disease]
        return Order(
            minute, visit.encounter_id, visit.practitioner_id, name.code, name.name
        )

    def prescribe(self, key: str, order: Order, reason: str | None = None) -> None:
        """Start a lasting medicine, or what is given in its place."""
        chosen = self.choose(key)
        if chosen is None or self.regimen.has(chosen):
            return
        self.regimen.start(chosen, order, reason)

    def choose(self, key: str) -> str | None:
        """Return the medicine that allergies allow; seldom, nobody looks."""
        if not allergies.is_forbidden(self.person, key):
            return key
        if self.rng.random() < ALLERGEN_PRESCRIBED_SHARE:
            self.mistakes["allergen prescribed"] += 1
            return key
        return allergies.ALTERNATIVES.get(key)

    def stop(self, key: str, order: Order, reason: str) -> None:
        """Stop a medicine if it is active."""
        if self.regimen.has(key):
            self.regimen.stop(FORMULARY[key].group, order.minute, reason)

    def is_settled(self, disease: str, minute: int, days: int) -> bool:
        """Return whether the last change of a treatment is long enough ago."""
        return minute - self.changed.get(disease, 0) >= days * DAY
