"""Each fault is what it says, and what judges a load or a series finds its own.

The whole campaign with a database is ``python -m tests.planted_faults``; here stand all
faults that are found without one, and a few that the marts find.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import SUITES
from expectations.results import State, state_of
from expectations.runner import Evaluation
from pipelines.building import build_marts
from pipelines.checking.catalogue import catalogue
from pipelines.settings import PROJECT, Settings
from tests.conftest import installation_with_marts
from tests.planted_faults.campaign import drift_outcome
from tests.planted_faults.daily_loads import (
    FIRST_FAULTY,
    DriftFault,
    as_typed,
    clean_loads,
    failures,
    faulty_loads,
)
from tests.planted_faults.drift_faults import DRIFT_FAULTS, HOSPITAL
from tests.planted_faults.fault import Base, Fault
from tests.planted_faults.fault_lists import FAULTS
from tests.planted_faults.landing import (
    SEED,
    failed_checks,
    finders,
    is_named,
    land,
    planted,
)
from tests.planted_faults.tables import Tables, simulated

PAGE = PROJECT / "docs" / "planted_faults.md"
IN_HOSPITAL = [fault for fault in FAULTS if fault.base is Base.HOSPITAL]
UNTIL = date(2026, 11, 30)  # the records are the same whenever this runs
# Judged while they land, by rules that need no database.
JUDGED_AT_LANDING = [
    fault
    for fault in IN_HOSPITAL
    if fault.found_by[0].startswith(f"{fault.table}:expect_column")
]
DRIFTS = [fault for fault in DRIFT_FAULTS if fault.origin == HOSPITAL]
FOUND_BY_MARTS = ("wrong_patient", "death_before_visits", "unit_swap")


def named(fault: Fault | DriftFault) -> str:
    """Return what a case is called."""
    return fault.name


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Return the clean records of a small hospital."""
    return simulated(tmp_path_factory.mktemp("clean"), SEED, UNTIL)


def test_there_are_sixty_kinds_and_each_names_checks_that_there_are() -> None:
    names = [fault.name for fault in (*FAULTS, *DRIFT_FAULTS)]
    checks = [check.check_id for check in catalogue()]

    assert len(set(names)) == len(names) == 60
    for fault in FAULTS:
        for pattern in fault.found_by:
            assert any(is_named(check, pattern) for check in checks), fault.name


@pytest.mark.parametrize("fault", IN_HOSPITAL, ids=named)
def test_a_fault_changes_one_table_and_is_the_same_every_time(
    fault: Fault, hospital: Tables
) -> None:
    faulty, again = planted(fault, hospital), planted(fault, hospital)

    changed = {
        name
        for name, rows in hospital.items()
        if name not in faulty or not faulty[name].equals(rows)
    }
    assert changed == {fault.table}
    assert all(faulty[name].equals(again[name]) for name in faulty)


@pytest.mark.parametrize("fault", JUDGED_AT_LANDING, ids=named)
def test_a_fault_is_found_while_it_lands(fault: Fault, hospital: Tables) -> None:
    clean = failing_rules(fault.table, hospital[fault.table])
    faulty = failing_rules(fault.table, planted(fault, hospital)[fault.table])

    assert finders(fault, clean) == []
    assert finders(fault, faulty)


def failing_rules(feed: str, rows: pl.DataFrame) -> set[str]:
    """Return the names of the rules of a feed that rows break."""
    evaluation = Evaluation(SUITES[feed], as_of=datetime.now(UTC))
    evaluation.add(as_typed(feed, rows))
    return {
        result["expectation_config"]["meta"]["rule"]
        for result in evaluation.results()
        if state_of(result) is State.FAILED
    }


@pytest.fixture(scope="module")
def series(hospital: Tables) -> dict[str, tuple[list[pl.DataFrame], dict]]:
    """Return the clean daily loads of the feeds, and what is found in them."""
    loads = {
        feed: clean_loads(feed, as_typed(feed, hospital[feed]), 11)
        for feed in dict.fromkeys(fault.feed for fault in DRIFTS)
    }
    return {feed: (each, failures(feed, each)) for feed, each in loads.items()}


@pytest.mark.parametrize("fault", DRIFTS, ids=named)
def test_a_drift_is_found_by_its_own_chart(fault: DriftFault, series: dict) -> None:
    clean, in_clean = series[fault.feed]
    last = FIRST_FAULTY + fault.lasts

    found = failures(fault.feed, faulty_loads(fault, clean, SEED)[:last])

    assert drift_outcome(fault, found, in_clean).found_by


def test_clean_loads_have_at_most_one_false_finding(series: dict) -> None:
    false = [
        (feed, day, kind)
        for feed, (_, failed) in series.items()
        for day, kinds in failed.items()
        for kind in kinds
    ]

    assert len(false) <= 1


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory, hospital: Tables
) -> Iterator[dict[str, set[str]]]:
    """Yield which checks failed for the twin and for a few faults."""
    faults = [fault for fault in FAULTS if fault.name in FOUND_BY_MARTS]
    home: Path = tmp_path_factory.mktemp("planted")
    for settings in installation_with_marts(home):
        yield _judged(settings, faults, hospital)


def _judged(
    settings: Settings, faults: list[Fault], hospital: Tables
) -> dict[str, set[str]]:
    land(settings, "clean", Base.HOSPITAL, hospital)
    for fault in faults:
        land(settings, fault.name, fault.base, planted(fault, hospital))
    build_marts(settings)
    return failed_checks(settings)


@pytest.mark.parametrize("name", FOUND_BY_MARTS)
def test_a_fault_is_found_by_the_scan_of_the_marts(
    name: str, judged: dict[str, set[str]]
) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)

    assert finders(fault, judged.get("clean", set())) == []
    assert finders(fault, judged[name])


def test_the_page_tells_of_every_kind() -> None:
    told = PAGE.read_text(encoding="utf-8")

    for fault in (*FAULTS, *DRIFT_FAULTS):
        assert f"| {fault.name} | {fault.told} |" in told, (
            "run: python -m tests.planted_faults"
        )
