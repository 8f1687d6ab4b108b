"""The lists of plain words: whole, and plain themselves."""

import csv
from pathlib import Path

import pytest
import yaml

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.simulator.analytes import ANALYTES
from pipelines.settings import Settings
from tests.dashboards.plain_text import findings

SEEDS = Path(__file__).parents[2] / "dbt_project/seeds"
LISTS = sorted((SEEDS / "plain_words").glob("*.csv"))
KEYS = {"plain_phrases": ("kind_code", "delivered_text")}
# Columns that people read.
READ = ("plain_name", "explanation", "plain_unit", "plain_words")
# Words that say no more than that there is no result.
WITHOUT_RESULT = "missing"


def rows_of(seed: str) -> list[dict[str, str]]:
    folder = "plain_words" if seed.startswith("plain_") else "terminology"
    path = SEEDS / folder / f"{seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values_of(seed: str, column: str) -> set[str]:
    return {row[column] for row in rows_of(seed)}


@pytest.mark.parametrize("seed", LISTS, ids=lambda seed: seed.stem)
def test_every_list_is_described_and_no_key_stands_twice(seed: Path) -> None:
    (properties,) = yaml.safe_load(seed.with_suffix(".yml").read_text())["seeds"]
    rows = rows_of(seed.stem)
    columns = list(rows[0])
    assert properties["name"] == seed.stem
    assert {"origin", "version"} <= properties["config"]["meta"].keys()
    assert [column["name"] for column in properties["columns"]] == columns
    assert list(properties["config"]["column_types"]) == columns
    keys = [tuple(row[key] for key in KEYS.get(seed.stem, columns[:1])) for row in rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("seed", LISTS, ids=lambda seed: seed.stem)
def test_plain_words_hold_no_code_abbreviation_or_unit(seed: Path) -> None:
    stumbled = {
        row[column]: findings(row[column])
        for row in rows_of(seed.stem)
        for column in READ
        if column in row and findings(row[column])
    }
    assert stumbled == {}


def test_every_test_has_a_name_and_one_sentence() -> None:
    for seed in ("plain_tests", "plain_local_tests"):
        for row in rows_of(seed):
            assert row["plain_name"][:1].isupper(), row
            assert row["explanation"].endswith("."), row
    assert len(rows_of("plain_tests")) >= 150


def test_names_to_match_are_in_small_letters() -> None:
    for seed, column in (
        ("plain_local_tests", "test_name"),
        ("plain_local_tests", "category_name"),
        ("plain_result_words", "result_word"),
        ("plain_specimens", "specimen_name"),
        ("plain_phrases", "delivered_text"),
    ):
        assert {
            text for text in values_of(seed, column) if text != text.lower()
        } == set()


def test_every_test_of_the_simulator_has_a_plain_name() -> None:
    coded = {analyte.loinc for analyte in ANALYTES.values() if analyte.loinc}
    assert coded - values_of("plain_tests", "loinc_code") == set()


def test_every_unit_and_every_result_word_that_we_know_is_spelled_out() -> None:
    units = values_of("unit_spellings", "unit_ucum") | {
        analyte.unit for analyte in ANALYTES.values() if analyte.unit
    }
    assert units - values_of("plain_units", "unit") - {""} == set()
    words = {
        row["result_word"]
        for row in rows_of("result_words")
        if row["value_kind_code"] != WITHOUT_RESULT
    }
    assert words - values_of("plain_result_words", "result_word") == set()


@pytest.mark.parametrize(
    "loinc_code",
    [
        *("10839-9", "2744-1", "6301-6", "10535-3", "708-8", "2524-7"),
        *("2708-6", "20564-1", "59408-5", "2951-2", "2947-0", "2823-3", "6298-4"),
        *("2703-7", "2019-8", "11556-8", "11557-6", "11558-4", "1994-3", "17861-6"),
        *("49765-1", "2000-8", "2601-3", "19123-9", "718-7", "30313-1", "777-3"),
        *("26515-7", "2345-7", "2339-0", "1558-6", "41653-7", "14743-9", "6777-7"),
    ],
)
def test_where_a_small_step_matters_nothing_is_a_little(loinc_code: str) -> None:
    """Heart, clotting, blood gases, salts, sugar, blood pigment and platelets."""
    (row,) = [row for row in rows_of("plain_tests") if row["loinc_code"] == loinc_code]
    assert row["is_never_a_little"] == "true"


def test_the_simulated_hospital_needs_no_word_that_we_do_not_have(
    simulated_hospital: Settings,
) -> None:
    with connect(simulated_hospital, Role.BUILDER) as connection:
        unexplained = connection.execute(
            "select test_name, delivered_unit, value_text from marts.own_results "
            "where not is_test_explained or not is_unit_explained or ("
            "number_or_bound is null and value_words is null and germ_name is null "
            "and antibiotic_name is null and value_text is not null) limit 5"
        ).fetchall()
    assert unexplained == []


def test_only_what_a_clinician_reads_as_normal_is_in_the_usual_range(
    simulated_hospital: Settings,
) -> None:
    with connect(simulated_hospital, Role.BUILDER) as connection:
        differing = connection.execute(
            "select count(*) from marts.own_results as own "
            "inner join marts.fct_lab_results as clinical "
            "on own.lab_result_key = clinical.lab_result_key "
            "where (own.judgement_code = 'in_range') "
            "<> (clinical.displayed_flag = 'NORMAL')"
            "or (clinical.displayed_flag like 'CRITICAL%' "
            "and own.judgement_code not like 'far_%')"
        ).fetchone()
        counts = connection.execute(
            "select (select count(*) from marts.own_results), "
            "(select count(*) from marts.fct_lab_results)"
        ).fetchone()
    assert differing == (0,)
    assert counts[0] == counts[1] > 0
