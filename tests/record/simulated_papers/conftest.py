"""Ninety simulated patients, with all that is written about them."""

from collections import Counter
from datetime import date

import pytest

from pipelines.record.simulator import simulation
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.simulation import simulate_patient

UNTIL, YEARS, SEED, PATIENTS = date(2026, 6, 30), 3, 11, 90
WINDOW = Window.ending(UNTIL, YEARS)
IS_STAY = "inpatient"


def simulated(numbers: range) -> list[Case]:
    hospital = Hospital(60, SEED)
    return [simulate_patient(number, hospital, WINDOW, 0) for number in numbers]


@pytest.fixture(scope="package")
def cases() -> list[Case]:
    """Return patients whose records hold no planted mistake, and no duplicate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "make_mistakes", lambda _case: Counter())
        patch.setattr(simulation, "make_paper_mistakes", lambda _facts: Counter())
        patch.setattr(simulation, "write_duplicate", lambda _case: None)
        return simulated(range(1, PATIENTS + 1))
