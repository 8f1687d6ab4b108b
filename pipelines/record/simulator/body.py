"""A body in time: every level moves towards its target with a speed of its own."""

import math

from pipelines.record.simulator.clock import DAY, YEAR
from pipelines.record.simulator.disease import targets
from pipelines.record.simulator.medicines import Regimen
from pipelines.record.simulator.person import Person

# Days after which 63 % of a change has happened: red cells and HbA1c live for months,
# TSH settles in six weeks (3 time constants), inflammation fades within days.
TIME_CONSTANT_DAYS = {
    "hba1c": 42,
    "egfr": 5,
    "haemoglobin": 24,
    "ferritin": 70,
    "mcv": 45,
    "tsh": 14,
    "ldl": 14,
    "systolic": 12,
    "congestion": 4,
    "mood": 21,
    "albuminuria": 60,
    "inflammation": 2.6,
    "bleeding": 3,
}


class Body:
    """The levels of one person, moved forward in time."""

    def __init__(self, person: Person, regimen: Regimen, minute: int) -> None:
        self.person = person
        self.regimen = regimen
        self.started = self.minute = minute
        self.levels = targets(person, minute, self.effect)
        self.derangements: dict[str, float] = {}  # by analyte, until corrected

    def effect(self, name: str) -> float:
        """Return what the medicines do to a target now."""
        return self.regimen.effect(name, self.minute)

    def advance(self, minute: int) -> None:
        """Move all levels to a later time."""
        days = max(0, minute - self.minute) / DAY
        self.minute = max(minute, self.minute)
        for name, target in targets(self.person, self.minute, self.effect).items():
            remaining = math.exp(-days / TIME_CONSTANT_DAYS[name])
            self.levels[name] = target + (self.levels[name] - target) * remaining

    def disturb(self, **changes: float) -> None:
        """Add to levels at once, as an acute illness does."""
        for name, change in changes.items():
            self.levels[name] += change

    @property
    def weight_kg(self) -> float:
        """Return the weight with the fluid of a failing heart."""
        drift = self.person.weight_trend_kg * (self.minute - self.started) / YEAR
        fluid = 6 * self.levels["congestion"]
        return max(38.0, self.person.weight_kg + drift + fluid)
