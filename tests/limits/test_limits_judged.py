"""Signed limits: who may, versions, boundaries, whose rows, only its own analyte."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from pipelines.access.acting import RuleError, asking
from pipelines.access.limits import Proposal, retire_limit, sign_limit
from pipelines.access.people import Person
from pipelines.checking.marts import check_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.limits.cells import Cell
from pipelines.limits.judging import ENTER, JUDGED, OF_ONE
from pipelines.settings import Settings
from tests.limits.conftest import COLLEAGUE, DOCTOR, ENGINEER, OFFICER
from tests.limits.results import (
    GLUCOSE,
    MG,
    MMOL,
    OF_ALL,
    OTHER_SOURCE,
    POTASSIUM,
    REASON,
    SODIUM,
    SOURCE,
    Result,
    build,
    check_of,
    enter,
    found,
    lives,
    patient,
    proposal_of,
    sign,
)

OF_SODIUM = Cell(SODIUM, MMOL)
DEFINITION = """
    select level, subject, sentence, threshold, threshold_origin, signed_version,
        signed_by
    from quality.check_definition where check_id = %s
"""


def one(settings: Settings, statement: str, *values: Any) -> Any:
    """Return one row as the owner sees it."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(statement, values).fetchone()


# What is entered, and whether a limit from 2.5 to 6.5 is broken by it.
BOUNDARIES = {
    "at the lower end": (2.5, False),
    "a step below it": ("2.49", True),
    "at the upper end": (6.5, False),
    "a step above it": ("6.51", True),
    "between": (4, False),
    "zero": (0, True),
    "below zero": (-1, True),
}


@pytest.mark.parametrize(("number", "is_broken"), BOUNDARIES.values(), ids=BOUNDARIES)
def test_both_ends_still_keep_the_limit(
    installation: Settings, number: Any, *, is_broken: bool
) -> None:
    enter(installation, [Result(number)])
    build(installation, 1)
    check = sign(installation, OFFICER, Decimal("2.5"), Decimal("6.5"))

    state = "failed" if is_broken else "passed"
    patients = 1 if is_broken else None
    assert found(installation, check) == [(SOURCE, state, 1, int(is_broken), patients)]


@pytest.mark.parametrize(
    ("low", "high", "broken"), [(3, None, 1), (None, 7, 2)], ids=["below", "above"]
)
def test_a_limit_may_have_one_end(
    installation: Settings, low: Any, high: Any, broken: int
) -> None:
    enter(installation, [Result(2), Result(8), Result(9)])
    build(installation, 1)

    check = sign(installation, OFFICER, low, high)
    assert found(installation, check)[0][2:4] == (3, broken)


def test_a_limit_is_of_its_band_and_sex_and_all_is_of_everybody(
    installation: Settings,
) -> None:
    patient(installation, 1, "female", "1970-01-01")
    patient(installation, 2, "male", "1970-01-01")
    patient(installation, 3, "female", "2015-01-01")
    patient(installation, 4, "unknown", None)
    enter(installation, [Result(9, key) for key in (1, 2, 3, 4, 5)])
    build(installation, 1)
    cells = {
        Cell(POTASSIUM, MMOL): 5,
        Cell(POTASSIUM, MMOL, "adult"): 2,
        Cell(POTASSIUM, MMOL, "adult", "female"): 1,
        Cell(POTASSIUM, MMOL, "from_6_to_11"): 1,
    }
    for cell in cells:
        sign(installation, OFFICER, 1, 8, cell)

    for cell, rows in cells.items():
        assert found(installation, check_of(cell)) == [
            (SOURCE, "failed", rows, rows, rows)
        ]


NOT_JUDGED = {
    "another unit": Result(900, unit=MG),
    "another analyte": Result(900, analyte=GLUCOSE),
    "a bound": Result(None),
    "without a unit": Result(900, conversion="unit_missing"),
    "withdrawn": Result(900, withdrawn=True),
    "not final": Result(900, usable=False),
}


@pytest.mark.parametrize("result", NOT_JUDGED.values(), ids=NOT_JUDGED)
def test_what_is_no_number_in_its_unit_is_not_judged(
    installation: Settings, result: Result
) -> None:
    enter(installation, [result, Result(4)])
    build(installation, 1)

    check = sign(installation, OFFICER, 1, 8)
    assert found(installation, check) == [(SOURCE, "passed", 1, 0, None)]


def test_a_converted_number_is_judged_in_the_reference_unit(
    installation: Settings,
) -> None:
    converted = Result(
        50,
        analyte="14749-6",
        conversion="converted",
        converted_analyte=GLUCOSE,
        converted_number=900,
        converted_unit=MG,
    )
    enter(installation, [converted])
    build(installation, 1)

    for analyte, unit, results in ((GLUCOSE, MG, 1), ("14749-6", MMOL, 0)):
        check = sign(installation, OFFICER, 100, 800, Cell(analyte, unit))
        assert [row[2:4] for row in found(installation, check)] == [(1, 1)] * results


def test_builds_judge_each_source_and_their_incidents_live(
    installation: Settings,
) -> None:
    check = sign(installation, OFFICER, 1, 8)
    assert found(installation, check) == []
    enter(installation, [Result(9, 1), Result(9, 1), Result(4, 2)])
    enter(installation, [Result(4, 3, source=OTHER_SOURCE)])
    build(installation, 1)

    assert found(installation, check) == [
        (OTHER_SOURCE, "passed", 1, 0, None),
        (SOURCE, "failed", 3, 2, 1),
    ]
    build(installation, 2)
    assert lives(installation, check) == [
        (SOURCE, 1, "new"),
        (SOURCE, 2, "persisting"),
    ]


def test_the_whole_build_judges_limits_and_keeps_their_definitions_and_places(
    installation: Settings,
) -> None:
    enter(installation, [Result(9)])
    check = sign(installation, OFFICER, 1, 8)
    check_marts(installation, 70)

    assert found(installation, check) == [(SOURCE, "failed", 1, 1, 1)]
    assert one(installation, DEFINITION, check) == (
        "limit",
        "fct_lab_results",
        "Potassium (2823-3) of all ages is from 1 to 8 mmol/L.",
        "no row breaks it",
        "signed off",
        1,
        OFFICER.display_name,
    )
    assert one(
        installation,
        "select count(*), min(build_id), min(position) from quality.mart_check_row "
        "where check_id = %s",
        check,
    ) == (1, 70, 1)


def test_places_are_at_most_twenty_and_of_broken_rows(installation: Settings) -> None:
    enter(installation, [Result(9)] * 25 + [Result(4)] * 3)
    build(installation, 1)
    check = sign(installation, OFFICER, 1, 8)

    assert one(
        installation,
        "select count(*), max(position) from quality.mart_check_row "
        "where check_id = %s",
        check,
    ) == (20, 20)


def test_a_changed_limit_judges_its_analyte_anew_and_no_other(
    installation: Settings,
) -> None:
    enter(installation, [Result(9), Result(180, analyte=SODIUM)])
    build(installation, 1)
    potassium = sign(installation, OFFICER, 1, 8)
    sodium = sign(installation, OFFICER, 100, 170, OF_SODIUM)
    others = found(installation, sodium), lives(installation, sodium)
    assert lives(installation, potassium) == [(SOURCE, 1, "new")]
    # What a later look at the other analyte would find.
    enter(installation, [Result(181, analyte=SODIUM)])

    sign(installation, COLLEAGUE, 1, 10, version=1)

    assert found(installation, potassium) == [(SOURCE, "passed", 1, 0, None)]
    assert lives(installation, potassium) == []
    assert (found(installation, sodium), lives(installation, sodium)) == others
    assert one(installation, DEFINITION, potassium)[5:] == (2, COLLEAGUE.display_name)


def test_a_changed_limit_resolves_what_an_earlier_build_found(
    installation: Settings,
) -> None:
    enter(installation, [Result(9)])
    check = sign(installation, OFFICER, 1, 8)
    build(installation, 1)
    build(installation, 2)
    sign(installation, OFFICER, 1, 10, version=1)
    told = [(SOURCE, 1, "new"), (SOURCE, 2, "resolved")]
    assert lives(installation, check) == told

    with connect(installation, Role.OWNER) as owner:
        owner.execute("select quality.rebuild_incidents()")
    assert lives(installation, check) == told


def test_a_retired_limit_is_broken_by_nothing_and_judged_no_more(
    installation: Settings,
) -> None:
    enter(installation, [Result(9), Result(9, source=OTHER_SOURCE)])
    check = sign(installation, OFFICER, 1, 8)
    build(installation, 1)
    build(installation, 2)
    retire_limit(installation, COLLEAGUE, proposal_of(installation, OF_ALL, 1), REASON)

    assert lives(installation, check) == [
        (source, number, life)
        for source in (OTHER_SOURCE, SOURCE)
        for number, life in ((1, "new"), (2, "resolved"))
    ]
    assert "retired" in one(installation, DEFINITION, check)[3]
    build(installation, 3)
    assert found(installation, check) == []

    sign(installation, OFFICER, 1, 8, version=2)
    assert lives(installation, check)[-1] == (SOURCE, 3, "reopened")


def test_the_index_of_the_mart_finds_one_analyte(installation: Settings) -> None:
    enter(installation, [Result(9)])
    statement = ENTER.format(judged=JUDGED.format(which=OF_ONE))
    values = {
        "build": 1,
        "zone": installation.time_zone,
        "analyte": POTASSIUM,
        "unit": MMOL,
    }
    with connect(installation, Role.BUILDER) as builder:
        # Many rows of other analytes, beside which one is a fraction.
        builder.execute("""
            insert into marts.fct_lab_results (
                lab_result_key, patient_key, test_code, analyte_code, value_kind, flag,
                default_range_flag, displayed_flag, reading_hash, result_status_code,
                is_usable, is_withdrawn, is_flag_unread, sensitivity, source_system
            )
            select
                'many:' || number, 1, 'many', 'analyte ' || number % 300, 'numeric',
                'INDETERMINATE', 'INDETERMINATE', 'INDETERMINATE', '', 'final', true,
                false, false, 0, 'hospital'
            from generate_series(1, 30000) as number
        """)
        builder.execute("analyze marts.fct_lab_results")
        plan = "\n".join(
            row[0] for row in builder.execute(f"explain {statement}", values)
        )
        builder.rollback()

    assert "Seq Scan on fct_lab_results" not in plan
    assert "Index Cond: (analyte_code = '2823-3'" in plan
    assert "Index Cond: (converted_analyte_code = '2823-3'" in plan


@pytest.mark.parametrize(
    ("low", "high"),
    [(None, None), (8, 1), (8, 8), (Decimal("NaN"), None)],
    ids=["no end", "the wrong way round", "one number", "no number"],
)
def test_what_is_no_limit_is_not_signed(
    installation: Settings, low: Any, high: Any
) -> None:
    with pytest.raises(RuleError, match="a limit has a lower end"):
        sign(installation, OFFICER, low, high)


def test_a_limit_needs_its_reason(installation: Settings) -> None:
    proposal = proposal_of(installation, OF_ALL)
    with pytest.raises(RuleError, match="at least 10 letters"):
        sign_limit(installation, OFFICER, proposal, 1, 8, "  so it is ")


def test_what_was_learned_anew_meanwhile_is_looked_at_again(
    installation: Settings,
) -> None:
    gone = Proposal(987_654, POTASSIUM, MMOL, 0)
    with pytest.raises(RuleError, match="learned anew meanwhile"):
        sign_limit(installation, OFFICER, gone, 1, 8, REASON)


def test_nothing_that_is_not_signed_is_retired(installation: Settings) -> None:
    with pytest.raises(RuleError, match="no limit is signed"):
        retire_limit(installation, OFFICER, proposal_of(installation, OF_ALL), REASON)


def test_whoever_decides_on_an_old_version_is_told(installation: Settings) -> None:
    sign(installation, OFFICER, 1, 8)

    with pytest.raises(RuleError, match="somebody decided about this meanwhile"):
        sign(installation, COLLEAGUE, 1, 9, version=0)
    sign(installation, COLLEAGUE, 1, 9, version=1)


def test_of_two_at_once_the_second_is_told(installation: Settings) -> None:
    proposal = proposal_of(installation, OF_ALL)

    def signed(person: Person) -> str:
        try:
            sign_limit(installation, person, proposal, 1, 8, REASON)
        except RuleError as error:
            return str(error)
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(signed, (OFFICER, COLLEAGUE)))

    assert ends[0] == "signed"
    assert "somebody decided about this meanwhile" in ends[1]


@pytest.mark.parametrize("person", [DOCTOR, ENGINEER])
def test_only_quality_staff_sign(installation: Settings, person: Person) -> None:
    with pytest.raises(RuleError, match="may not sign limit"):
        sign(installation, person, 1, 8)
    for statement in (
        "select * from quality.limit_story()",
        "select quality.decide_limit(1, 'sign', 1, 8, 'because of this', 0)",
    ):
        with (
            asking(installation, person) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_signatures_are_in_the_trail_and_stay(installation: Settings) -> None:
    (before,) = one(installation, "select coalesce(max(event_id), 0) from audit.event")
    sign(installation, OFFICER, 1, 8)
    sign(installation, COLLEAGUE, 1, 9, version=1)

    with connect(installation, Role.OWNER) as owner:
        events = owner.execute(
            "select user_id, action, purpose, result from audit.event "
            "where event_id > %s order by event_id",
            (before,),
        ).fetchall()
    assert events == [
        (person.user_id, "sign limit", REASON, result)
        for person in (OFFICER, COLLEAGUE)
        for result in ("intended", "ok")
    ]
    with asking(installation, OFFICER) as connection:
        kept = connection.execute(
            "select version, low, high, decided_by, rows_count, words "
            "from quality.limit_story()"
        ).fetchall()
    assert kept == [
        (2, 1, 9, COLLEAGUE.display_name, 250, REASON),
        (1, 1, 8, OFFICER.display_name, 250, REASON),
    ]
