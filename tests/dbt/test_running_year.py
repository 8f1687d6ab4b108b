"""The year that runs moves without any new fact; what is over stays as it was."""

from collections.abc import Iterator

import pytest

from pipelines.build_books import Scope
from pipelines.building import building, run_dbt
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.raw_rows import SOURCE, example_of, insert_fact, touch

PATIENT, OTHER = 11, 12
FILLS = ("2023-11-01", "2024-01-10", "2024-02-09")
# A collection that is closed has the today of its last event.
TODAY = "update raw.source set last_event_at = %s"
PERIODS = """
    select calendar_year, period_ends_on::text, as_of is not null, days_in_period
    from marts.fct_medication_adherence
    where patient_key = %s and measure_kind_code = 'ingredient'
    order by calendar_year
"""
OVER = (2023, "2023-12-31", False, 61)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation in which two patients were handed out a medicine."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("years")):
        with connect(settings, Role.OWNER) as owner:
            owner.execute(
                "insert into raw.source values (%s, 'csv', true, '2024-03-31 12:00Z')",
                (SOURCE,),
            )
            for patient in (PATIENT, OTHER):
                for day in FILLS:
                    row = example_of(FEEDS["dispenses"], patient) | {
                        "record_id": f"{patient}-{day}",
                        "prescription_id": None,
                        "dispensed_at": f"{day}T09:00:00Z",
                        "drug_code": None,
                        "code_system": None,
                        "drug_name": "lisinopril",
                        "status_code": None,
                        "days_supply": 30,
                    }
                    insert_fact(owner, "dispenses", row)
            touch(owner, (PATIENT, OTHER))
        build(settings, Scope.FULL)
        yield settings


def build(settings: Settings, scope: Scope) -> None:
    """Build what is asked for and what it is made of; nothing else takes time here."""
    whole = ("--full-refresh",) if scope is Scope.FULL else ()
    with building(settings, scope) as books:
        failed = run_dbt(
            settings, "run", *whole, "--select", "+fct_medication_adherence"
        )
        assert failed == {}
        books.succeed()


def on(settings: Settings, today: str) -> dict[int, list[tuple]]:
    """Return everybody's periods after a build in which one patient had news."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute(TODAY, (today,))
        touch(owner, (OTHER,))
    build(settings, Scope.USUAL)
    with connect(settings, Role.BUILDER) as builder:
        return {
            patient: builder.execute(PERIODS, (patient,)).fetchall()
            for patient in (PATIENT, OTHER)
        }


@pytest.mark.parametrize(
    ("today", "running"),
    [
        ("2024-06-30 12:00Z", (2024, "2024-06-30", True, 173)),
        ("2024-12-31 12:00Z", (2024, "2024-12-31", True, 357)),
        ("2025-02-01 12:00Z", (2024, "2024-12-31", False, 357)),
        # A date in the future was taken back: the year is open again.
        ("2024-03-31 12:00Z", (2024, "2024-03-31", True, 82)),
        # Skipping whole years closes what ran.
        ("2026-05-01 12:00Z", (2024, "2024-12-31", False, 357)),
    ],
)
def test_todays_year_is_made_anew_for_whoever_has_no_news(
    filled: Settings, today: str, running: tuple
) -> None:
    assert on(filled, today) == {PATIENT: [OVER, running], OTHER: [OVER, running]}


def test_a_full_build_says_the_same(filled: Settings) -> None:
    before = on(filled, "2024-04-01 12:00Z")
    build(filled, Scope.FULL)
    with connect(filled, Role.BUILDER) as builder:
        assert builder.execute(PERIODS, (PATIENT,)).fetchall() == before[PATIENT]
