"""Refused rows for quality staff: masked, audited, whole only for a reason."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipelines.access.audit import AuditError
from pipelines.access.known_texts import known_texts
from pipelines.access.people import Person, create_person
from pipelines.access.refused_row import Choice
from pipelines.access.refused_rows import (
    ROWS_PER_PAGE,
    RefusedRowError,
    read_refused_rows,
    read_whole_line,
)
from pipelines.access.rule_words import WORDS, words_of
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from pipelines.sources.mapping import adapter_from_mapping
from tests.conftest import running_installation

QUALITY = Person("quality", "Quality", "quality")
HEADER = (
    "record_id,source_patient_id,test_code,value_text,value_number,unit,comment_text,"
    "collected_at"
)
CANARIES = ("Canary", "000451-7", "SECRETID", "canary@example.org", "999-22-1962")
REFUSED = (
    "R1-SECRETID,000451-7,,4.1,4.1,mmol/L,Ask Canary,2026-02-01T07:40:00Z",
    "R2-SECRETID,000451-7,2823-3,4.1,999-22-1962,mmol/L,Canary,2026-02-01T07:40:00Z",
    "R3-SECRETID,Canary",
    "R4-SECRETID,000451-7,2823-3,Canary,4.1,canary@example.org,x,2999-01-01",
    'R5-SECRETID,"Canary',
)
GOOD = "G{0},P{0},2823-3,4.1,4.1,mmol/L,,2026-02-01T07:40:00Z"
MAPPING = """
source_system: labor-nord
files:
  - pattern: "*.csv"
    rows:
      - feed: lab_results
        columns:
          source_patient_id: PatNr
          test_code: Analyt
          value_text: Wert
          collected_at: Datum
"""
REASON = "to tell the sender which row it was"
LAST_EVENTS = """
    select action, subject, purpose, row_count, result
    from audit.event order by event_id desc limit 2
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with refused rows of every kind, full of canaries."""
    folder = tmp_path_factory.mktemp("delivery")
    for settings in running_installation(tmp_path_factory.mktemp("desk")):
        with connect(settings, Role.OWNER) as connection:
            create_person(connection, QUALITY, "correct horse battery staple")
        good = [GOOD.format(number) for number in range(20)]
        path = folder / "lab_results-Canary.csv"
        path.write_text("\n".join([HEADER, *good, *REFUSED, ""]))
        load(settings, path, format_name="csv", source_system="hospital")
        path = folder / "labor.csv"
        path.write_text("PatNr,Analyt,Wert,Datum\nCanary,,4.1,2026-02-01\n")
        mapping = folder / "lab.yaml"
        mapping.write_text(MAPPING)
        load(settings, path, adapter=adapter_from_mapping(mapping))
        path = folder / "lab_results.csv"
        path.write_bytes("Canary,000451-7\n".encode("utf-16"))
        load(settings, path, format_name="csv", source_system="hospital")
        yield settings


def events(settings: Settings) -> list[tuple]:
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(LAST_EVENTS).fetchall()


def row_id(settings: Settings, line_number: int) -> int:
    page = read_refused_rows(settings, QUALITY, Choice())
    return next(row.row_id for row in page.rows if row.line_number == line_number)


def test_no_refused_row_shows_who_it_is_of(desk: Settings) -> None:
    page = read_refused_rows(desk, QUALITY, Choice())

    assert page.total == len(page.rows) == len(REFUSED) + 2
    assert [canary for canary in CANARIES if canary in str(page)] == []


def test_a_line_that_splits_shows_its_harmless_fields(desk: Settings) -> None:
    page = read_refused_rows(desk, QUALITY, Choice())
    row = next(row for row in page.rows if row.line_number == 22)
    shown = {field.column: field.text for field in row.fields if not field.is_masked}

    assert shown == {"test_code": "", "value_number": "4.1", "unit": "mmol/L"}
    assert [rule.broken for rule in row.rules] == ["test_code is empty"]


@pytest.mark.parametrize(
    ("column", "text", "is_known"),
    [
        ("unit", "mmol/L", True),
        ("unit", "mg/dL", True),
        ("unit", "Canary", False),
        ("unit", "mmol", False),
        ("unit", "10 patients", False),
        ("test_code", "mmol/L", False),
        ("source_patient_id", "P1", False),
    ],
)
def test_a_text_is_known_once_eleven_patients_have_it(
    desk: Settings, tmp_path: Path, column: str, text: str, *, is_known: bool
) -> None:
    rows = [GOOD.format(f"B{n}").replace("mmol/L", "mg/dL") for n in range(11)]
    rows += [GOOD.format(f"C{n}").replace("mmol/L", "10 patients") for n in range(10)]
    rows += [
        f"D{n},PC1,2823-3,4.1,4.1,10 patients,,2026-02-02T07:40:00Z" for n in range(9)
    ]
    path = tmp_path / "lab_results.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    load(desk, path, format_name="csv", source_system="words")

    known = known_texts(desk, QUALITY, {"lab_results": [(column, text)]})

    assert known == {"lab_results": frozenset({(column, text)} if is_known else ())}


def test_of_a_feed_that_has_no_patients_nothing_is_known(desk: Settings) -> None:
    asked = {feed: [("unit", "mmol/L")] for feed in ("practitioners", "x; drop", "")}

    assert set(known_texts(desk, QUALITY, asked).values()) == {frozenset()}


@pytest.mark.parametrize("role", ["doctor", "lab_technician"])
def test_nobody_else_asks_which_texts_are_known(desk: Settings, role: str) -> None:
    person = Person("somebody", "Somebody", role)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        known_texts(desk, person, {"lab_results": [("unit", "mmol/L")]})
    nameless = Person("nobody", "Nobody", "quality")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        known_texts(desk, nameless, {"lab_results": [("unit", "mmol/L")]})


@pytest.mark.parametrize("line_number", [24, 26])
def test_a_line_that_does_not_split_shows_its_shape(
    desk: Settings, line_number: int
) -> None:
    page = read_refused_rows(desk, QUALITY, Choice())
    row = next(row for row in page.rows if row.line_number == line_number)

    assert not row.fields
    assert set(row.shape) <= set('•-,"')
    assert row.reason


def test_a_row_of_a_mapping_file_shows_its_shape(desk: Settings) -> None:
    page = read_refused_rows(desk, QUALITY, Choice())
    (row,) = [row for row in page.rows if row.source_system == "labor-nord"]

    assert not row.fields
    assert row.shape == "••••••,,•.•,••••-••-••"


def test_a_whole_file_shows_nothing_of_itself(desk: Settings) -> None:
    page = read_refused_rows(desk, QUALITY, Choice())
    (row,) = [row for row in page.rows if row.is_whole_file]

    assert (row.fields, row.shape) == ([], "")
    with pytest.raises(RefusedRowError, match="no line of its own"):
        read_whole_line(desk, QUALITY, row.row_id, REASON)


@pytest.mark.parametrize(
    ("choice", "lines"),
    [
        (Choice(feed="lab_results"), [2, 25, 23, 22]),
        (Choice(rule="lab_results:expect_column_values_to_not_be_null:test_code"),
         [2, 22]),
        (Choice(rule="record"), [26, 24]),
        (Choice(delivery_id=-1), []),
    ],
)  # fmt: skip
def test_rows_are_chosen_by_load_feed_and_rule(
    desk: Settings, choice: Choice, lines: list[int]
) -> None:
    page = read_refused_rows(desk, QUALITY, choice)

    assert sorted(row.line_number for row in page.rows) == sorted(lines)
    assert page.total == len(lines)


def test_rows_come_page_by_page(desk: Settings) -> None:
    everything = read_refused_rows(desk, QUALITY, Choice())
    rest = read_refused_rows(desk, QUALITY, Choice(), offset=5)

    assert len(everything.rows) <= ROWS_PER_PAGE
    assert [row.row_id for row in rest.rows] == [
        row.row_id for row in everything.rows[5:]
    ]


def test_looking_at_rows_is_audited_with_the_load(desk: Settings) -> None:
    first = read_refused_rows(desk, QUALITY, Choice()).rows[-1].delivery_id
    read_refused_rows(desk, QUALITY, Choice(delivery_id=first))

    subject = f"refused rows of delivery {first}"
    assert events(desk)[0] == ("read", subject, None, len(REFUSED), "ok")


def test_a_whole_line_comes_for_a_reason_that_the_audit_keeps(desk: Settings) -> None:
    wanted = row_id(desk, 22)

    assert read_whole_line(desk, QUALITY, wanted, REASON) == REFUSED[0]

    _, unmasked = events(desk)
    assert unmasked == ("unmask", f"refused row {wanted}", REASON, 1, "ok")


@pytest.mark.parametrize("reason", ["", "   ", "because", " b e c a u "])
def test_without_a_reason_no_line_is_shown(desk: Settings, reason: str) -> None:
    wanted = row_id(desk, 22)
    before = events(desk)

    with pytest.raises(RefusedRowError, match="why you need"):
        read_whole_line(desk, QUALITY, wanted, reason)

    assert events(desk) == before


def test_a_row_that_is_not_there_is_not_shown(desk: Settings) -> None:
    with pytest.raises(RefusedRowError):
        read_whole_line(desk, QUALITY, -1, REASON)


def test_nothing_is_shown_when_the_audit_cannot_be_written(desk: Settings) -> None:
    wanted = row_id(desk, 22)
    with connect(desk, Role.OWNER) as connection:
        connection.execute("revoke usage on schema audit from ehr_auditor")
    try:
        with pytest.raises(AuditError):
            read_refused_rows(desk, QUALITY, Choice())
        with pytest.raises(AuditError):
            read_whole_line(desk, QUALITY, wanted, REASON)
    finally:
        with connect(desk, Role.OWNER) as connection:
            connection.execute("grant usage on schema audit to ehr_auditor")


@pytest.mark.parametrize("role", ["doctor", "lab_technician", "engineer", "patient"])
def test_no_other_role_reads_refused_rows(desk: Settings, role: str) -> None:
    patient_key = 1 if role == "patient" else None
    person = Person("somebody", "Somebody", role, patient_key=patient_key)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_refused_rows(desk, person, Choice())


def test_quality_staff_reach_no_patient_no_identity_and_no_name_of_a_file(
    desk: Settings,
) -> None:
    with connect(desk, Role.QUALITY) as connection:
        schemas = connection.execute(
            "select nspname from pg_namespace "
            "where has_schema_privilege(current_user, oid, 'usage') "
            "and nspname in ('marts', 'identity', 'terminology', 'staging', 'audit')"
        ).fetchall()
        of_patients = connection.execute(
            "select attrelid::regclass::text from pg_attribute "
            "inner join pg_class on attrelid = pg_class.oid "
            "where relnamespace = 'marts'::regnamespace and relkind in ('r', 'v') "
            "and attname = 'patient_key' and has_table_privilege(attrelid, 'select')"
        ).fetchall()
        readable = connection.execute(
            "select has_column_privilege('raw.delivery_file', 'file_name', 'select'), "
            "has_column_privilege('raw.delivery_file', 'records', 'select')"
        ).fetchone()

    # Among the marts they read counts alone: tests/permissions/warehouse has each.
    assert schemas == [("marts",)]
    assert of_patients == []
    assert readable == (False, True)


def test_what_a_rule_became_since_the_load_before(
    desk: Settings, tmp_path: Path
) -> None:
    """Broken, kept, broken, broken: first, resolved, new, persisting."""
    bad, good = "X{},P1,,4.1,4.1,mmol/L,,2026-02-01T07:40:00Z", GOOD
    for number, row in enumerate((bad, good, bad, bad)):
        path = tmp_path / "lab_results.csv"
        path.write_text(f"{HEADER}\n{row.format(number)}\n")
        load(desk, path, format_name="csv", source_system="trend")

    with connect(desk, Role.QUALITY) as connection:
        found = connection.execute(
            "select loads_ago, change_code, unexpected_count, "
            "previous_unexpected_count from quality.judged_rule "
            "where source_system = 'trend' "
            "and rule_name like '%not_be_null:test_code' order by delivery_id"
        ).fetchall()

    assert found == [
        (4, "first", 1, None),
        (3, "resolved", 0, 1),
        (2, "new", 1, 0),
        (1, "persisting", 1, 1),
    ]


def test_a_load_without_rows_for_a_rule_says_nothing_of_it(
    desk: Settings, tmp_path: Path
) -> None:
    """Broken, without a number to judge, broken: the third persists."""
    row = "N{},P1,2823-3,high,{},,,2026-02-01T07:40:00Z"
    for number, value in enumerate(("2e15", "", "2e15")):
        path = tmp_path / "lab_results.csv"
        path.write_text(f"{HEADER}\n{row.format(number, value)}\n")
        load(desk, path, format_name="csv", source_system="gaps")

    with connect(desk, Role.QUALITY) as connection:
        found = connection.execute(
            "select change_code, state, is_met from quality.judged_rule "
            "where source_system = 'gaps' "
            "and rule_name like '%be_between:value_number' order by delivery_id"
        ).fetchall()

    assert found == [
        ("first", "failed", False),
        ("not_applicable", "not_applicable", None),
        ("persisting", "failed", False),
    ]


def test_every_rule_of_every_suite_is_told_in_words() -> None:
    from expectations.catalogue import SUITES  # noqa: PLC0415 - of one test only

    told = [
        words_of(suite.name_of(rule), suite.feed)
        for suite in SUITES.values()
        for rule in suite.expectations
    ]

    assert [words for words in told if "rule of this feed" in words.expected] == []
    assert [words for words in told if "expect_" in str(words)] == []
    assert [words for words in told if "{" in str(words)] == []


def test_a_rule_that_nobody_put_in_words_does_not_show_its_inner_name() -> None:
    assert "expect_" not in str(words_of("lab_results:expect_nothing:unit"))
    assert len(WORDS) > 20


@pytest.mark.parametrize(
    ("rule", "feed", "broken"),
    [
        ("collected_at:unreadable", "lab_results", "a time, as in 2026"),
        ("value_number:unreadable", "lab_results", "a number with a point"),
        ("source_updated_at:unreadable", "patients", "a time, as in"),
        ("is_deleted:unreadable", None, "true or false"),
        ("birth_date:unreadable", "patients", "a date, as in"),
        ("source_patient_id:missing", "lab_results", "source_patient_id is missing"),
        ("thing:unreadable", "lab_results", "thing cannot be read"),
        ("record", None, "cannot be read as a record"),
        ("file", None, "refused as a whole"),
    ],
)
def test_the_loaders_own_reasons_are_told_in_words(
    rule: str, feed: str | None, broken: str
) -> None:
    assert broken in words_of(rule, feed).broken
