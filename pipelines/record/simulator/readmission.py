"""Who comes back within 30 days: a logistic model of the state at discharge.

Its reasons are those of the HOSPITAL and LACE scores (anaemia, low sodium, length of
stay, earlier admissions, comorbidity) and poor adherence. Weights are set so that about
one stay in six is followed by an unplanned one and the true AUROC is about 0.72,
which is where published models end; a model trained on the records should come near it.
"""

import math

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, YEAR

INTERCEPT = -2.97
LONG_STAY_DAYS = 5
NORMAL_SODIUM, NORMAL_HAEMOGLOBIN = 135, 12
PLANNED_STAY = -0.9  # elective patients were well enough to wait
MOST_EARLIER_STAYS = 4
WINDOW_DAYS = 29


def risk_of(case: Case, minute: int, days: float, *, is_planned: bool) -> float:
    """Return the probability of an unplanned readmission within 30 days."""
    earlier = sum(minute - YEAR <= one < minute for one in case.discharges)
    anaemia = max(0.0, NORMAL_HAEMOGLOBIN - case.latest.get("haemoglobin", 13))
    logit = (
        INTERCEPT
        + 0.34 * min(earlier, MOST_EARLIER_STAYS)
        + 0.24 * case.person.burden_at(minute)
        + 0.18 * min(anaemia, 4)
        + 0.48 * (case.latest.get("sodium", 140) < NORMAL_SODIUM)
        + 0.38 * (days >= LONG_STAY_DAYS)
        + 1.3 * (1 - case.person.adherence_at(minute))
        + 0.006 * (case.person.age_at(minute) - 60)
        + PLANNED_STAY * is_planned
    )
    return 1 / (1 + math.exp(-logit))


def draw_return(case: Case, minute: int) -> int:
    """Return when somebody comes back: sooner more often than later."""
    days = min(1.0 + case.rng.exponential(10), WINDOW_DAYS * case.rng.uniform(0.4, 1))
    return minute + int(days * DAY)
