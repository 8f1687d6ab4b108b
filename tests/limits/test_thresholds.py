"""Thresholds that officers decide: stored counts are judged by them, as builds are."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from threading import Lock
from time import perf_counter
from typing import Any

import psycopg
import pytest

from expectations.marts.catalogue import mart_checks
from expectations.marts.mart_check import MartCheck
from pipelines.access.acting import RuleError, asking
from pipelines.access.limits import retire_limit
from pipelines.access.people import Person
from pipelines.access.thresholds import change_threshold
from pipelines.checking.marts import Found, check_marts, judge
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.incidents.finding import RESULT
from tests.limits.conftest import COLLEAGUE, DOCTOR, ENGINEER, OFFICER
from tests.limits.results import (
    OF_ALL,
    OTHER_SOURCE,
    REASON,
    SOURCE,
    Result,
    enter,
    proposal_of,
    sign,
)
from tests.limits.results import build as build_limits

# At most 1 % of rows, of one or more.
CHECK = "fct_lab_results:value_number:high:2951-2:mmol/L"
# At least 20 rows are needed for its share.
OF_A_SHARE = next(
    check
    for checks in mart_checks().values()
    for check in checks
    if check.limit.least_rows == 20
)
OF_A_LOAD = "lab_results:expect_table_columns_to_match_set"
STATES = """
    select found.build_id, found.source_system, found.state
    from quality.mart_check_result as found
    where found.check_id = %s
    order by found.build_id, found.source_system collate "C"
"""
LIVES = """
    select source_system, run_number, life_code
    from quality.incident_measure where check_id = %s
    order by source_system collate "C", run_number
"""


def check_named(check_id: str) -> MartCheck:
    """Return a check of the code."""
    return next(
        check
        for checks in mart_checks().values()
        for check in checks
        if check.check_id == check_id
    )


def build(
    settings: Settings,
    build_id: int,
    counts: dict[str, tuple[int, int]],
    check: str = CHECK,
) -> None:
    """Enter what a build found by source: broken rows of how many."""
    with connect(settings, Role.BUILDER) as builder:
        builder.execute(
            "insert into quality.checked_build (build_id) values (%s)", (build_id,)
        )
        for source, (broken, of) in counts.items():
            state = Found(check_named(check), source, of, of, broken).state
            patients = 7 if state == "failed" else None
            builder.execute(
                RESULT, (build_id, check, source, state, of, broken, patients)
            )
        builder.execute(
            "select quality.keep_incident_measures('build', %s)", (build_id,)
        )


def rows(settings: Settings, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return rows as the owner sees them."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(statement, values).fetchall()


@pytest.fixture
def change(installation: Settings) -> Callable[..., None]:
    """Return what changes the threshold of the check."""

    def to(share: str, version: int = 0, check: str = CHECK) -> None:
        change_threshold(installation, OFFICER, check, Decimal(share), REASON, version)

    return to


SHARES = ("0", "0.001", "0.01", "0.07", "0.29", "0.333", "0.5")
COUNTS = ((0, 100), (7, 100), (29, 100), (57, 100), (1, 1000), (10, 1000), (333, 1000))


@pytest.mark.parametrize("share", SHARES)
def test_stored_counts_are_judged_as_a_build_judges(
    installation: Settings, change: Callable[..., None], share: str
) -> None:
    counts = {
        f"{broken} {step:+} of {of}": (broken + step, of)
        for broken, of in COUNTS
        for step in (-1, 0, 1)
        if broken + step >= 0
    }
    build(installation, 1, counts)
    change(share)

    limit = replace(check_named(CHECK).limit, share=Decimal(share))
    check = replace(check_named(CHECK), limit=limit)
    assert dict(row[1:] for row in rows(installation, STATES, CHECK)) == {
        source: Found(check, source, of, of, broken).state.value
        for source, (broken, of) in counts.items()
    }


# A threshold of 5 %, and what is found of 1,000 rows.
AT_FIVE_PERCENT = {49: "passed", 50: "passed", 51: "failed"}


@pytest.mark.parametrize(("broken", "state"), AT_FIVE_PERCENT.items())
def test_as_many_as_the_threshold_says_still_pass(
    installation: Settings, change: Callable[..., None], broken: int, state: str
) -> None:
    build(installation, 1, {SOURCE: (broken, 1000)})
    change("0.05")

    assert rows(installation, STATES, CHECK) == [(1, SOURCE, state)]


def test_too_few_rows_stay_not_applicable(
    installation: Settings, change: Callable[..., None]
) -> None:
    name = OF_A_SHARE.check_id
    build(installation, 1, {SOURCE: (19, 19), OTHER_SOURCE: (20, 20)}, name)
    change("0", check=name)

    assert rows(installation, STATES, name) == [
        (1, OTHER_SOURCE, "failed"),
        (1, SOURCE, "not_applicable"),
    ]


def test_the_incident_of_each_source_changes_and_history_does_not(
    installation: Settings, change: Callable[..., None]
) -> None:
    build(installation, 1, {SOURCE: (30, 1000), OTHER_SOURCE: (30, 1000)})
    build(installation, 2, {SOURCE: (30, 1000), OTHER_SOURCE: (90, 1000)})
    change("0.05")

    assert rows(installation, STATES, CHECK) == [
        (1, OTHER_SOURCE, "failed"),
        (1, SOURCE, "failed"),
        (2, OTHER_SOURCE, "failed"),
        (2, SOURCE, "passed"),
    ]
    told = [
        (OTHER_SOURCE, 1, "new"),
        (OTHER_SOURCE, 2, "worse"),
        (SOURCE, 1, "new"),
        (SOURCE, 2, "resolved"),
    ]
    assert rows(installation, LIVES, CHECK) == told
    with connect(installation, Role.OWNER) as owner:
        owner.execute("select quality.rebuild_incidents()")
    assert rows(installation, LIVES, CHECK) == told

    change("0.001", version=1)
    told[3] = (SOURCE, 2, "persisting")
    assert rows(installation, LIVES, CHECK) == told


def test_a_source_that_the_last_build_lacks_is_judged_by_its_own_last(
    installation: Settings, change: Callable[..., None]
) -> None:
    build(installation, 1, {SOURCE: (30, 1000), OTHER_SOURCE: (30, 1000)})
    build(installation, 2, {SOURCE: (30, 1000)})
    build(installation, 3, {SOURCE: (0, 0)})
    change("0.05")

    # The first build alone never found the other source failed any more.
    assert rows(installation, LIVES, CHECK) == [
        (SOURCE, 1, "new"),
        (SOURCE, 2, "resolved"),
    ]


def test_a_lower_threshold_opens_an_incident(
    installation: Settings, change: Callable[..., None]
) -> None:
    build(installation, 1, {SOURCE: (5, 1000)})
    assert rows(installation, LIVES, CHECK) == []
    change("0.001")

    assert rows(installation, LIVES, CHECK) == [(SOURCE, 1, "new")]


def test_other_checks_stay_as_they_are(
    installation: Settings, change: Callable[..., None]
) -> None:
    other = "fct_lab_results:value_number:low:2951-2:mmol/L"
    build(installation, 1, {SOURCE: (30, 1000)}, other)
    build(installation, 2, {SOURCE: (30, 1000)})
    change("0.05")

    assert rows(installation, LIVES, other) == [(SOURCE, 1, "new")]


def test_later_builds_judge_by_it_and_tell_who_signed(
    installation: Settings, change: Callable[..., None]
) -> None:
    enter(installation, [Result(300, analyte="2951-2")] * 3)
    enter(installation, [Result(140, analyte="2951-2")] * 7)
    check_marts(installation, 81)
    assert rows(installation, STATES, CHECK) == [(81, SOURCE, "failed")]
    change("0.3")
    (told,) = [
        each for each in check_marts(installation, 82) if each.key == (CHECK, SOURCE)
    ]

    assert told.state == "passed"
    assert told.check.limit.origin == "signed off"
    assert rows(installation, STATES, CHECK)[-1] == (82, SOURCE, "passed")
    assert rows(
        installation,
        "select share, threshold, threshold_origin, signed_version, signed_by "
        "from quality.check_definition where check_id = %s",
        CHECK,
    ) == [
        (
            Decimal("0.01"),
            "at most 30% of rows break it",
            "signed off",
            1,
            OFFICER.display_name,
        )
    ]


def test_a_build_counts_what_was_decided_while_it_judged(
    installation: Settings,
    change: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter(installation, [Result(300, analyte="2951-2")] * 3)
    enter(installation, [Result(140, analyte="2951-2")] * 7)
    decided = []
    one_scan = Lock()

    def judged(*asked: Any) -> Iterator[Found]:
        with one_scan:
            if not decided:
                decided.append(change("0.3"))
        return judge(*asked)

    monkeypatch.setattr("pipelines.checking.marts.judge", judged)
    check_marts(installation, 83)

    assert rows(installation, STATES, CHECK) == [(83, SOURCE, "passed")]
    assert rows(installation, LIVES, CHECK) == []


def test_a_signed_limit_has_a_threshold_too(
    installation: Settings, change: Callable[..., None]
) -> None:
    enter(installation, [Result(9)] + [Result(4)] * 99)
    build_limits(installation, 1)
    check = sign(installation, OFFICER, 1, 8)
    assert rows(installation, LIVES, check) == [(SOURCE, 1, "new")]

    change("0.01", check=check)
    assert rows(installation, LIVES, check) == []
    build_limits(installation, 2)
    assert rows(installation, STATES, check)[-1] == (2, SOURCE, "passed")


TOLD_OF = """
    select threshold, signed_version, signed_by
    from quality.check_definition where check_id = %s
"""


def test_a_threshold_of_a_limit_hides_neither_who_signed_it_nor_its_end(
    installation: Settings, change: Callable[..., None]
) -> None:
    sign(installation, COLLEAGUE, 1, 8)
    check = sign(installation, COLLEAGUE, 1, 9, version=1)
    told = ("at most 5% of rows break it", 2, COLLEAGUE.display_name)
    change("0.05", check=check)
    assert rows(installation, TOLD_OF, check) == [told]
    check_marts(installation, 84)
    assert rows(installation, TOLD_OF, check) == [told]

    retired = ("retired: nothing breaks it", 3, COLLEAGUE.display_name)
    retire_limit(installation, COLLEAGUE, proposal_of(installation, OF_ALL, 2), REASON)
    assert rows(installation, TOLD_OF, check) == [retired]
    change("0.1", version=1, check=check)
    assert rows(installation, TOLD_OF, check) == [retired]

    sign(installation, COLLEAGUE, 1, 9, version=3)
    told = ("at most 10% of rows break it", 4, COLLEAGUE.display_name)
    assert rows(installation, TOLD_OF, check) == [told]


def test_stored_counts_of_many_checks_and_builds_are_judged_within_a_second(
    installation: Settings, change: Callable[..., None]
) -> None:
    with connect(installation, Role.OWNER) as owner:
        owner.execute("""
            insert into quality.mart_check_result
            select build_id, definition.check_id, 'source ' || source, 'passed',
                1000, 1000, 5, null
            from quality.check_definition as definition
            cross join generate_series(1, 30) as build_id
            cross join generate_series(1, 5) as source
            where definition.level = 'mart'
        """)
        owner.execute("analyze quality.mart_check_result")
    begun = perf_counter()
    change("0.001")

    assert perf_counter() - begun < 1
    assert len(rows(installation, LIVES, CHECK)) == 5


REFUSED = {
    "no such check": ("made:up", "0.1", "no such check of a mart"),
    "a rule of a load": (OF_A_LOAD, "0.1", "no such check of a mart"),
    "above a half": (CHECK, "0.51", "from 0 to 50 %"),
    "below nothing": (CHECK, "-0.01", "from 0 to 50 %"),
}  # fmt: skip


@pytest.mark.parametrize(("check", "share", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_threshold_is_refused(
    change: Callable[..., None], check: str, share: str, words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        change(share, check=check)


def test_a_threshold_needs_its_reason(installation: Settings) -> None:
    with pytest.raises(RuleError, match="at least 10 letters"):
        change_threshold(installation, OFFICER, CHECK, Decimal("0.1"), "so it is", 0)


def test_whoever_decides_on_an_old_version_is_told(
    installation: Settings, change: Callable[..., None]
) -> None:
    change("0.1")
    with pytest.raises(RuleError, match="somebody decided about this meanwhile"):
        change("0.2", version=0)
    change("0.2", version=1)

    with asking(installation, COLLEAGUE) as connection:
        story = connection.execute(
            "select version, share, decided_by from quality.threshold_story(%s)",
            (CHECK,),
        ).fetchall()
    assert story == [
        (2, Decimal("0.2"), OFFICER.display_name),
        (1, Decimal("0.1"), OFFICER.display_name),
    ]


@pytest.mark.parametrize("person", [DOCTOR, ENGINEER])
def test_only_quality_staff_decide(installation: Settings, person: Person) -> None:
    with pytest.raises(RuleError, match="may not change threshold"):
        change_threshold(installation, person, CHECK, Decimal("0.1"), REASON, 0)
    for statement in (
        "select quality.decide_threshold('a:b', 0.1, 'because of this', 0)",
        "select * from quality.threshold_story('a:b')",
        "insert into quality.threshold_decision values (default)",
    ):
        with (
            asking(installation, person) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)
