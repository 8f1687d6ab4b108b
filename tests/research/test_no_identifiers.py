"""No column of research holds what a source knows a patient by; what if one did."""

import csv
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import REAL_SOURCES
from tests.research import planted
from tests.research.conftest import MORE_OF_SYNTHEA
from tests.research.identifiers import identifiers_of, streets_of
from tests.research.scan import (
    Finding,
    Identifiers,
    distinct_values,
    findings,
    relations_of,
)

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
# What models of research say themselves, beside the lists.
OWN_WORDS = {
    "female", "male", "other", "unknown", "000", "not_in_list", "too_long_ago",
    "not_stated", "too_many_digits", "free_text", "test_not_in_list", "<", "<=", ">",
    ">=", "NORMAL", "LOW", "HIGH", "CRITICAL_LOW", "CRITICAL_HIGH", "INDETERMINATE",
    "CRITICAL", "ABNORMAL", "numeric", "numeric_with_flag", "range", "titer", "text",
    "missing", "ICD-10-CM", "ICD-9-CM",
}  # fmt: skip
NAMED = "a name, address or id"
RELATIONS = ["conditions", "encounters", "lab_results", "patients", "prescriptions"]


@pytest.fixture(scope="session")
def listed() -> set[str]:
    """Return every text of the committed lists."""
    texts = set()
    for path in SEEDS.rglob("*.csv"):
        with path.open(newline="") as file:
            texts |= {text for row in csv.reader(file) for text in row}
    return texts | OWN_WORDS


@pytest.fixture
def small(released: Settings) -> Iterator[psycopg.Connection]:
    with connect(released, Role.BUILDER) as connection:
        yield connection
        connection.rollback()


def of_planted() -> Identifiers:
    identifiers = Identifiers()
    for value in planted.IDENTIFIERS:
        identifiers.add(value)
    return identifiers


def found_in(
    connection: psycopg.Connection, schema: str, identifiers: Identifiers
) -> set[Finding]:
    return {
        finding
        for relation in relations_of(connection, schema)
        for finding in findings(connection, schema, relation, identifiers)
    }


def texts_of_no_list(connection: psycopg.Connection, listed: set[str]) -> set[str]:
    """Return columns of research with a text that stands in no list of ours."""
    known = listed | {
        text
        for row in connection.execute("select code, title from terminology.code_titles")
        for text in row
    }
    columns = connection.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'research' and data_type = 'text' "
        "and column_name <> 'zip3'"
    ).fetchall()
    return {
        f"{table}.{column}"
        for table, column in columns
        if not set(distinct_values(connection, "research", table, column)) <= known
    }


def test_what_was_planted_stands_in_the_marts(small: psycopg.Connection) -> None:
    identifiers = of_planted()
    for mart in (
        "dim_patients",
        "fct_encounters",
        "fct_conditions",
        "fct_lab_results",
        "fct_medication_history",
    ):
        kinds = {each.what for each in findings(small, "marts", mart, identifiers)}
        assert NAMED in kinds, mart


def test_nothing_planted_stands_in_research(small: psycopg.Connection) -> None:
    assert relations_of(small, "research") == RELATIONS
    assert found_in(small, "research", of_planted()) == set()


def test_what_was_planted_is_withheld_with_a_reason(small: psycopg.Connection) -> None:
    rows = small.execute(
        "select test_withheld, value_withheld, count(*) from research.lab_results "
        "group by 1, 2 order by 3, 1, 2"
    ).fetchall()
    codes = small.execute(
        "select count(*), count(code_withheld) from research.conditions"
    ).fetchone()
    assert sum(count for *_, count in rows) == len(planted.LAB_RESULTS)
    assert ("not_in_list", "test_not_in_list", 3) in rows
    assert (None, "too_many_digits", 3) in rows
    assert (None, "free_text", 3) in rows
    assert codes == (len(planted.CONDITIONS), 3)


def test_the_planted_patient_is_one_of_the_oldest(small: psycopg.Connection) -> None:
    patient = small.execute(
        "select age_years, birth_year, is_90_or_older, zip3, state_code, race_code, "
        "sex_code from research.patients"
    ).fetchall()
    visits = small.execute(
        "select ended_year, year_withheld, encounter_class_code "
        "from research.encounters order by visit_number"
    ).fetchall()
    assert patient == [(None, None, True, "000", None, None, "unknown")]
    assert visits == [(None, "too_long_ago", "ambulatory"), (2019, None, "unknown")]


@pytest.mark.parametrize(
    ("relation", "column", "value", "kind"),
    [
        ("patients", "state_code", planted.NAME, NAMED),
        ("patients", "race_code", planted.STREET, NAMED),
        ("conditions", "condition_code", planted.PATIENT_ID, NAMED),
        ("conditions", "condition_name", f"of {planted.NAME}.", NAMED),
        ("encounters", "discharge_disposition_code", "hsubnekcauq", NAMED),
        ("lab_results", "value_word", planted.VISIT_DATE, "a full date"),
        ("lab_results", "value_word", "seen 20190304", "a full date"),
        ("lab_results", "value_number", "6175551234", "a number"),
        ("lab_results", "value_number", "617.5551234000", "a number"),
        ("prescriptions", "quantity", "987654329", "a number"),
    ],
)
def test_the_scan_finds_what_is_put_straight_into_research(
    small: psycopg.Connection, relation: str, column: str, value: str, kind: str
) -> None:
    small.execute(f"update research.{relation} set {column} = %s", (value,))  # noqa: S608 - names of this test
    found = findings(small, "research", relation, of_planted())
    assert Finding(relation, column, kind) in found


def test_an_id_of_a_source_is_found_in_a_column_of_random_ids(
    small: psycopg.Connection,
) -> None:
    identifiers = of_planted()
    identifiers.add("Dade")
    random_id = "5d1e0c8a-dade-4edd-8abe-0123456789ab"
    small.execute(
        "update research.encounters set research_encounter_id = %s "
        "where visit_number = 1",
        (random_id,),
    )
    assert findings(small, "research", "encounters", identifiers) == set()
    identifiers.add(random_id)
    assert findings(small, "research", "encounters", identifiers) == {
        Finding("encounters", "research_encounter_id", NAMED)
    }


def test_all_text_of_research_stands_in_a_list(
    small: psycopg.Connection, listed: set[str]
) -> None:
    assert texts_of_no_list(small, listed) == set()
    small.execute("update research.patients set race_code = 'Wilhelmina'")
    assert texts_of_no_list(small, listed) == {"patients.race_code"}


@pytest.mark.shared_data
def test_no_identifier_of_the_real_sources_stands_in_research(
    released_real: Settings, shared_data: Path, listed: set[str]
) -> None:
    folders = [shared_data / path for path in (*REAL_SOURCES.values(), MORE_OF_SYNTHEA)]
    identifiers = identifiers_of(*folders)
    with connect(released_real, Role.BUILDER) as connection:
        titles = connection.execute("select title from terminology.code_titles")
        told = identifiers.without(listed | {title for (title,) in titles})
        assert len(told.phrases) > 0.99 * len(identifiers.phrases)
        assert len(told.numbers) > 100_000
        assert found_in(connection, "research", told) == set()
        assert texts_of_no_list(connection, listed) == set()
        assert oldest_shown(connection) <= 90


def test_no_identifier_of_the_simulated_hospital_stands_in_research(
    simulated_hospital: Settings, listed: set[str]
) -> None:
    identifiers = identifiers_of(simulated_hospital.root / "simulated")
    with connect(simulated_hospital, Role.BUILDER) as connection:
        told = identifiers.without(listed)
        assert len(told.phrases) > 0.99 * len(identifiers.phrases)
        assert found_in(connection, "research", told) == set()
        assert texts_of_no_list(connection, listed) == set()
        assert oldest_shown(connection) <= 90


OLDEST = """
    select max(greatest(
        patient.age_years,
        patient.death_year - patient.birth_year,
        encounter.ended_year - patient.birth_year
    ))
    from research.patients as patient
    left join research.encounters as encounter
        on patient.research_patient_id = encounter.research_patient_id
"""


def oldest_shown(connection: psycopg.Connection) -> int:
    """Return the widest span of years of a person, one more than their age at most."""
    return connection.execute(OLDEST).fetchone()[0]


@pytest.mark.shared_data
def test_no_small_area_and_no_full_key_stands_in_research(
    released_real: Settings, shared_clinical: Path
) -> None:
    with (shared_clinical / "data" / "zip3_restricted.csv").open() as file:
        restricted = {
            row["zip3"] for row in csv.DictReader(file) if row["restricted_2020"] == "1"
        }
    with connect(released_real, Role.BUILDER) as connection:
        shown = set(distinct_values(connection, "research", "patients", "zip3"))
    assert len(restricted) == 18
    assert len(shown) > 10
    assert not shown & restricted


TEXTS = """
    select distinct texts.value
    from {relation}, lateral unnest(array[{columns}]) as texts (value)
    where texts.value like '% % %'
"""
TEXT_COLUMNS = """
    select column_name from information_schema.columns
    where table_schema = %s and table_name = %s and data_type = 'text'
"""
READABLE = """
    select relname from pg_class
    where relnamespace = %s::regnamespace and relkind in ('r', 'p')
        and has_table_privilege(oid, 'select')
    order by relname
"""


def runs_of_three_words(
    connection: psycopg.Connection, schema: str, relation: str
) -> set[str]:
    """Return every three neighbouring words that stand in a relation."""
    columns = connection.execute(TEXT_COLUMNS, (schema, relation)).fetchall()
    if not columns:
        return set()
    statement = sql.SQL(TEXTS).format(
        relation=sql.Identifier(schema, relation),
        columns=sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns),
    )
    return {
        " ".join(words[first : first + 3])
        for (text,) in connection.execute(statement)
        for words in [text.lower().split()]
        for first in range(len(words) - 2)
    }


@pytest.mark.shared_data
def test_no_street_stands_in_any_feed_or_mart(
    released_real: Settings, shared_data: Path
) -> None:
    folders = [
        shared_data / path for path in (REAL_SOURCES["synthea"], MORE_OF_SYNTHEA)
    ]
    streets = set().union(*map(streets_of, folders))
    holding, relations = [], 0
    with connect(released_real, Role.BUILDER) as connection:
        # Staging and intermediate are views of raw: they hold what it holds.
        for schema in ("raw", "marts", "research", "ml"):
            for (relation,) in connection.execute(READABLE, (schema,)).fetchall():
                relations += 1
                if streets & runs_of_three_words(connection, schema, relation):
                    holding.append(f"{schema}.{relation}")
    assert len(streets) > 300
    assert relations > 50
    assert holding == []


def test_a_street_in_a_mart_would_be_seen(small: psycopg.Connection) -> None:
    runs = runs_of_three_words(small, "marts", "fct_encounters")
    assert planted.STREET.lower() in runs
