"""One simulated person: who they are, what they have, how they live."""

from dataclasses import dataclass, field

from pipelines.record.simulator.analytes import ADULT_AGE
from pipelines.record.simulator.clock import YEAR
from pipelines.record.simulator.conditions import CHRONIC

LAPSED_ADHERENCE = 0.15  # what is still taken while somebody has given up


@dataclass
class Person:
    """A person from birth to death or the end of the record.

    ``onsets`` holds the minute from which a chronic disease is there, known or not;
    ``severities`` (0 to 1) how bad it is; ``set_points`` where in the range a person's
    own value of an analyte lies, in standard deviations.
    """

    number: int
    sex: str
    born: int
    identity: dict[str, str]
    origin: str
    height_cm: float
    weight_kg: float
    weight_trend_kg: float
    adherence: float
    lapses: tuple[tuple[int, int], ...] = ()
    onsets: dict[str, int] = field(default_factory=dict)
    severities: dict[str, float] = field(default_factory=dict)
    set_points: dict[str, float] = field(default_factory=dict)
    lifestyle: dict[str, str] = field(default_factory=dict)
    allergies: tuple[str, ...] = ()
    resolved: dict[str, int] = field(default_factory=dict)
    died: int | None = None

    @property
    def is_man(self) -> int:
        """Return 1 for men: the index into tables by sex."""
        return int(self.sex == "M")

    def age_at(self, minute: int) -> float:
        """Return the age in years."""
        return (minute - self.born) / YEAR

    def is_child_at(self, minute: int) -> bool:
        """Return whether the person is under 18."""
        return self.age_at(minute) < ADULT_AGE

    def has(self, disease: str, minute: int) -> bool:
        """Return whether a disease is there, diagnosed or not."""
        onset = self.onsets.get(disease)
        if onset is None or onset > minute:
            return False
        return minute < self.resolved.get(disease, minute + 1)

    def years_with(self, disease: str, minute: int) -> float:
        """Return for how long a disease has been there."""
        return max(0.0, (minute - self.onsets.get(disease, minute)) / YEAR)

    def adherence_at(self, minute: int) -> float:
        """Return the share of prescribed doses that is taken at a time."""
        lapsed = any(start <= minute < end for start, end in self.lapses)
        return self.adherence * (LAPSED_ADHERENCE if lapsed else 1.0)

    def burden_at(self, minute: int) -> float:
        """Return how heavy the chronic diseases weigh together."""
        return sum(
            CHRONIC[name].burden * (0.5 + self.severities[name])
            for name in self.onsets
            if self.has(name, minute)
        )
