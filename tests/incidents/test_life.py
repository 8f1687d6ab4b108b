"""The life of an incident between builds, by cases; derived anew it is the same."""

import random

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.incidents.finding import OTHER_CHECK, found, life, measures

MANY = 100_000
NOTHING_TO_JUDGE = (0, 0)
# What builds found, as (rows that break the check, rows), and what that makes of it.
CASES = {
    "it never failed": ([(0, MANY)], []),
    "it failed": ([(5, MANY)], ["new"]),
    "it passed before": ([(0, MANY), (5, MANY)], ["new"]),
    "as many": ([(500, MANY), (500, MANY)], ["new", "persisting"]),
    "more, by chance": ([(10, 100), (15, 100)], ["new", "persisting"]),
    "more, and no chance": ([(100, 1000), (150, 1000)], ["new", "worse"]),
    "fewer, by chance": ([(15, 100), (10, 100)], ["new", "persisting"]),
    "fewer, and no chance": ([(150, 1000), (100, 1000)], ["new", "better"]),
    "a fifth more is no turn": ([(5000, MANY), (6000, MANY)], ["new", "persisting"]),
    "above a fifth is one": ([(5000, MANY), (6010, MANY)], ["new", "worse"]),
    "a fifth fewer is no turn": ([(5000, MANY), (4000, MANY)], ["new", "persisting"]),
    "below a fifth is one": ([(5000, MANY), (3990, MANY)], ["new", "better"]),
    "two errors, just not": ([(10, 1000), (21, 1000)], ["new", "persisting"]),
    "two errors, just so": ([(10, 1000), (22, 1000)], ["new", "worse"]),
    "more rows, the same share": ([(50, 1000), (100, 2000)], ["new", "persisting"]),
    "slowly": (
        [(5000, MANY), (5500, MANY), (5900, MANY), (6300, MANY), (6500, MANY)],
        ["new", "persisting", "persisting", "worse", "persisting"],
    ),
    "worse, then as bad": (
        [(100, 1000), (300, 1000), (290, 1000)],
        ["new", "worse", "persisting"],
    ),
    "worse, then better": (
        [(100, 1000), (300, 1000), (100, 1000)],
        ["new", "worse", "better"],
    ),
    "resolved": ([(5, MANY), (0, MANY)], ["new", "resolved"]),
    "resolved is told once": ([(5, MANY), (0, MANY), (0, MANY)], ["new", "resolved"]),
    "reopened": (
        [(5, MANY), (0, MANY), (5, MANY), (5, MANY)],
        ["new", "resolved", "reopened", "persisting"],
    ),
    "no rows say nothing": (
        [(5, MANY), NOTHING_TO_JUDGE, (5, MANY)],
        ["new", "persisting"],
    ),
    "without rows nothing is resolved": ([(5, MANY), NOTHING_TO_JUDGE], ["new"]),
    "every row": ([(3, 3), (3, 3)], ["new", "persisting"]),
}


@pytest.mark.parametrize(("builds", "told"), CASES.values(), ids=CASES)
def test_what_builds_find_makes_the_life_of_an_incident(
    installation: Settings, builds: list[tuple[int, int]], told: list[str]
) -> None:
    for build_id, (broken, of) in enumerate(builds, start=1):
        found(installation, build_id, broken, of)

    assert life(installation) == told


def test_each_source_and_check_has_an_incident_of_its_own(
    installation: Settings,
) -> None:
    found(installation, 1, 5, patients=3)
    found(installation, 1, 5, source="clinic")
    found(installation, 2, 5, check_id=OTHER_CHECK)
    found(installation, 2, 0, source="clinic")
    found(installation, 2, 5, source="ward")

    assert [(*row[:2], *row[3:5], row[7]) for row in measures(installation)] == [
        ("clinic", "fct_lab_results:flag:normal_within", 1, "new", None),
        ("clinic", "fct_lab_results:flag:normal_within", 2, "resolved", None),
        ("hospital", "fct_lab_results:flag:normal_within", 1, "new", 3),
        ("hospital", "fct_lab_results:patient_key:exists", 2, "new", None),
        ("ward", "fct_lab_results:flag:normal_within", 2, "new", None),
    ]


def entered_at_random(settings: Settings) -> None:
    """Enter twenty-five builds of three checks by chance."""
    chance = random.Random(7)  # noqa: S311 - results of checks, no secrets
    for build_id in range(1, 26):
        for number in range(3):
            broken = chance.choice((0, 0, 20, 25, 80))
            of = chance.choice((0, 1000, 1000))
            found(settings, build_id, min(broken, of), of, check_id=f"mart:{number}")


def rebuilt(settings: Settings) -> list[tuple]:
    """Return the lives of all incidents, derived anew."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute("truncate quality.incident_measure")
        owner.execute("select quality.rebuild_incidents()")
    return measures(settings)


def test_lives_derived_anew_are_the_same(installation: Settings) -> None:
    entered_at_random(installation)
    before = measures(installation)

    assert len({row[4] for row in before}) == 6
    assert rebuilt(installation) == before


def test_what_is_forgotten_changes_no_life(installation: Settings) -> None:
    entered_at_random(installation)
    for build_id in range(1, 26):
        found(installation, build_id, 0, check_id="mart:kept")
    before = measures(installation)

    with connect(installation, Role.BUILDER) as builder:
        (forgotten,) = builder.execute(
            "select quality.forget_old_results(20)"
        ).fetchone()

    assert forgotten == 5
    assert rebuilt(installation) == before
