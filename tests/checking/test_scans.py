"""Judging the marts after a build: what is kept, what is counted, who may read it."""

import re
from collections.abc import Iterator

import pytest

from expectations.marts.catalogue import mart_checks
from expectations.marts.contracts import read_marts
from expectations.marts.joins import SHARED
from expectations.marts.kept import MART_OF, OF_NO_PATIENT
from expectations.marts.keys import REFERENCES
from expectations.results import State
from pipelines.checking.catalogue import catalogue
from pipelines.checking.counting import count_checks
from pipelines.checking.marts import Found, check_marts
from pipelines.checking.scan import schema_of
from pipelines.checking.scan_order import longest_first
from pipelines.commands.status import state_of
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.checking.test_mart_faults import OF_TYPE
from tests.conftest import installation_with_marts
from tests.dbt.raw_rows import SOURCE, insert_every_feed

PATIENTS = (7_316_904_128_855, 5_120_773_091)
EMPTY, UNBUILT, HIT = 1_000_001, 1_000_002, 1_000_003

# Columns of which no two rows have the same value.
UNIQUE = """
    select relnamespace::regnamespace::text, relname, attname
    from pg_index
    inner join pg_class on pg_class.oid = indrelid
    inner join pg_attribute on attrelid = indrelid and attnum = indkey[0]
    where indisunique and indisvalid and indnkeyatts = 1 and indpred is null
"""

# The last relation that a join names: what it joins.
JOINED_AS = re.compile(r".*\bas (\w+)(?: \([^)]*\))?\s+on\b", re.DOTALL)


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Settings, list[Found], list[Found]]]:
    """Yield what is found in empty marts, and after facts that nobody has built."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("scans")):
        empty = check_marts(settings, EMPTY)
        with connect(settings, Role.OWNER) as connection:
            insert_every_feed(connection, PATIENTS)
        yield settings, empty, check_marts(settings, UNBUILT)


def test_in_empty_marts_no_check_passes(judged) -> None:
    _, empty, _ = judged
    of_patients = [
        each
        for each in empty
        if schema_of(each.check.relation) != "staging"
        and "patient_key" in read_marts()[each.check.relation].columns
    ]

    assert of_patients
    assert {each.state for each in of_patients} == {State.NOT_APPLICABLE}
    assert {each.rows_count for each in of_patients} == {0}


@pytest.mark.parametrize(
    ("checks", "longest"),
    [
        ({"dim_drug_ingredients": 1, "fct_payments": 9}, "dim_drug_ingredients"),
        ({"dim_drug_ingredients": 1, "fct_payments": 40_000}, "fct_payments"),
        ({"fct_payments": 1, "dim_drug_ingredients": 1}, "dim_drug_ingredients"),
    ],
    ids=["many rows", "more checks", "as many checks"],
)
def test_scans_of_many_rows_or_checks_are_begun_first(judged, checks, longest) -> None:
    settings, _, _ = judged
    check = next(each for each in mart_checks()["fct_payments"] if not each.windows)
    relations = {relation: (check,) * times for relation, times in checks.items()}

    with connect(settings, Role.BUILDER) as connection:
        first, _ = longest_first(connection, relations)

    assert first == longest


def test_a_row_is_joined_to_one_row_at_most(judged) -> None:
    settings, _, _ = judged
    joined = {
        (schema_of(relation), relation, key)
        for relation, key in (*REFERENCES.values(), *MART_OF.values())
        if key not in SHARED
    }

    with connect(settings, Role.OWNER) as connection:
        unique = set(connection.execute(UNIQUE).fetchall())

    assert joined <= unique


def test_what_is_joined_to_a_relation_has_one_name_for_each() -> None:
    for relation, checks in mart_checks().items():
        joins = {join for check in checks for join in check.joins}
        names = [JOINED_AS.match(join)[1] for join in joins]

        assert len(set(names)) == len(joins), relation


def test_a_fact_that_is_in_no_mart_is_found(judged) -> None:
    _, _, unbuilt = judged
    kept = [each for each in unbuilt if each.check.name.endswith(":kept")]

    assert {each.state for each in kept} == {State.FAILED}
    assert {each.source_system for each in kept} == {SOURCE}
    assert {each.rows_count for each in kept} == {each.broken_count for each in kept}
    assert all(each.places for each in kept)
    of_patients = [
        each
        for each in kept
        if each.check.relation.removeprefix("stg_") not in OF_NO_PATIENT
    ]
    assert {each.patients_count for each in of_patients} == {len(PATIENTS)}


def test_what_was_found_is_counted_by_check_and_told_by_status(judged) -> None:
    settings, _, unbuilt = judged
    failed = {each.check.check_id for each in unbuilt if each.state is State.FAILED}

    with connect(settings, Role.LOADER) as connection:
        counts = count_checks(connection)

    assert counts["failed"] == len(failed)
    assert counts["checks"] == counts["passed"] + counts["failed"]
    assert sum(counts.values()) - counts["passed"] - counts["failed"] == sum(
        len(checks) for checks in mart_checks().values()
    )
    assert state_of(settings)["quality"] == counts


def test_the_scorecard_is_counted_with_a_build(judged) -> None:
    settings, _, unbuilt = judged
    with connect(settings, Role.QUALITY) as connection:
        told = connection.execute(
            "select sum(passed_count), sum(failed_count), sum(not_applicable_count) "
            "from quality.scorecard where measured_in = 'build'"
        ).fetchone()

    states = (State.PASSED, State.FAILED, State.NOT_APPLICABLE)
    assert told == tuple(
        sum(each.state is state for each in unbuilt) for state in states
    )


def test_a_checks_words_are_kept_beside_its_results(judged) -> None:
    settings, _, _ = judged
    with connect(settings, Role.QUALITY) as connection:
        told = connection.execute(
            "select check_id, sentence from quality.check_definition"
        ).fetchall()
        without = connection.execute(
            "select count(*) from quality.latest_check as found "
            "where not exists (select 1 from quality.check_definition as definition "
            "where definition.check_id = found.check_id)"
        ).fetchone()

    assert dict(told) == {check.check_id: check.sentence for check in catalogue()}
    assert without == (0,)


def test_no_result_holds_a_value(judged) -> None:
    settings, _, _ = judged
    with connect(settings, Role.OWNER) as connection:
        rows = connection.execute(
            "select cast(found as text) from quality.mart_check_result as found"
        ).fetchall()

    told = "\n".join(text for (text,) in rows)
    assert not [key for key in PATIENTS if str(key) in told]


BROKEN = "fct_immunizations:patient_key:exists"
A_ROW = """
    insert into marts.fct_immunizations ({columns}) values ({values})
"""
REQUIRED = """
    select attname, format_type(atttypid, null)
    from pg_attribute
    where attrelid = 'marts.fct_immunizations'::regclass and attnum > 0
        and not attisdropped and attnotnull
"""
OTHER_SOURCE = "other"
LINES = {(11, 7, 2), (11, 7, 3), (12, 8, 2)}
OTHER_LINES = {(13, 9, 2)}


@pytest.fixture(scope="module")
def hit(judged) -> Settings:
    """Return the installation with three rows of two patients who are nowhere.

    And a fourth row of the first of them from another source.
    """
    settings, _, _ = judged
    rows = [(SOURCE, *line) for line in sorted(LINES)]
    rows += [(OTHER_SOURCE, *line) for line in OTHER_LINES]
    with connect(settings, Role.BUILDER) as builder:
        required = dict(builder.execute(REQUIRED).fetchall())
        for number, (source, delivery, file, line) in enumerate(rows):
            row = {name: OF_TYPE.get(kind, 1) for name, kind in required.items()} | {
                "immunization_key": f"{source}:{number}",
                "patient_key": PATIENTS[number % 2],
                "source_system": source,
                "delivery_id": delivery,
                "file_id": file,
                "line_number": line,
            }
            statement = A_ROW.format(
                columns=", ".join(row), values=", ".join(["%s"] * len(row))
            )
            builder.execute(statement, list(row.values()))
    check_marts(settings, HIT, "a-run")
    return settings


def test_a_failed_check_tells_its_patients_its_lines_and_its_run(hit: Settings) -> None:
    with connect(hit, Role.OWNER) as owner:
        counts = owner.execute(
            "select source_system, patients_count, broken_count "
            "from quality.mart_check_result where build_id = %s and check_id = %s",
            (HIT, BROKEN),
        ).fetchall()
        lines = owner.execute(
            "select source_system, delivery_id, file_id, line_number "
            "from quality.mart_check_row where build_id = %s and check_id = %s",
            (HIT, BROKEN),
        ).fetchall()
        run = owner.execute(
            "select run_id from quality.checked_build where build_id = %s", (HIT,)
        ).fetchone()
        of_builds = owner.execute(
            "select distinct build_id from quality.mart_check_row"
        ).fetchall()

    assert set(counts) == {(SOURCE, 2, 3), (OTHER_SOURCE, 1, 1)}
    assert set(lines) == {(SOURCE, *line) for line in LINES} | {
        (OTHER_SOURCE, *line) for line in OTHER_LINES
    }
    assert run == ("a-run",)
    assert of_builds == [(HIT,)]


def test_a_check_that_fails_has_a_life_from_its_first_build_on(hit: Settings) -> None:
    with connect(hit, Role.OWNER) as owner:
        lives = owner.execute(
            "select run_number, life_code, patients_count "
            "from quality.incident_measure "
            "where check_id = %s and source_system = %s",
            (BROKEN, SOURCE),
        ).fetchall()
        kept = owner.execute(
            "select life_code from quality.incident_measure "
            "where check_id = 'stg_immunizations:immunization_key:kept' "
            "order by run_number"
        ).fetchall()

    assert lives == [(HIT, "new", 2)]
    assert [code for (code,) in kept][:1] == ["new"]
