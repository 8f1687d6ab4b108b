"""The lists that clinical rules read."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from scipy import stats

SEEDS = sorted(
    (Path(__file__).parents[2] / "dbt_project/seeds/terminology").glob("*.csv")
)
# The arterial code whose critical limits they have: venous samples are mixed in.
BLOOD_OF_UNKNOWN_VESSEL = {"11558-4": "2744-1", "11557-6": "2019-8"}
KEYS = {
    "reference_ranges_adult": ("loinc_code", "sex_code"),
    "reference_ranges_added": ("loinc_code", "sex_code"),
    "reference_ranges_children": ("loinc_code", "sex_code", "age_from_years"),
    "sensitivity_codes": ("code_system", "code"),
    "lab_unit_conversions": ("analyte_name", "unit_from", "unit_to"),
}


def rows_of(seed: Path) -> list[dict[str, str]]:
    with seed.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed_named(name: str) -> list[dict[str, str]]:
    return rows_of(SEEDS[0].with_name(f"{name}.csv"))


def delivered(shared_clinical: Path, name: str) -> Iterator[dict[str, str]]:
    return iter(rows_of(shared_clinical / "data" / f"{name}.csv"))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_every_list_says_where_it_is_from_and_what_it_holds(seed: Path) -> None:
    (properties,) = yaml.safe_load(seed.with_suffix(".yml").read_text())["seeds"]
    assert properties["name"] == seed.stem
    assert {"origin", "version"} <= properties["config"]["meta"].keys()
    assert [column["name"] for column in properties["columns"]] == list(
        rows_of(seed)[0]
    )
    assert list(properties["config"]["column_types"]) == list(rows_of(seed)[0])


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_no_key_stands_twice_in_a_list(seed: Path) -> None:
    rows = rows_of(seed)
    columns = KEYS.get(seed.stem, (next(iter(rows[0])),))
    keys = [tuple(row[column] for column in columns) for row in rows]
    assert len(keys) == len(set(keys))


def test_every_unit_of_a_limit_is_a_known_spelling() -> None:
    known = {row["unit"] for row in seed_named("unit_spellings")}
    for name in (
        "reference_ranges_adult",
        "reference_ranges_added",
        "reference_ranges_children",
        "critical_values_adult",
    ):
        assert {row["unit_ucum"] for row in seed_named(name)} <= known


def test_units_that_compare_are_of_one_size() -> None:
    comparable = {
        row["unit"]: row["comparable_unit"] for row in seed_named("unit_spellings")
    }
    assert comparable["K/uL"] == comparable["10*9/L"] == comparable["10*3/uL"]
    assert comparable["ng/mL"] == comparable["ug/L"]
    assert comparable["mg/dL"] != comparable["mg/L"]
    assert comparable["ng/mL FEU"] != comparable["ng/mL"]
    assert comparable["mEq/L"] != comparable["mmol/L"]


def test_no_equivalent_code_leads_to_another_equivalent_code() -> None:
    rows = seed_named("equivalent_loinc_codes")
    assert not {row["analyte_code"] for row in rows} & {
        row["loinc_code"] for row in rows
    }
    assert all(row["reason"] for row in rows)


def test_a_range_of_the_clinical_tables_is_not_added_again() -> None:
    given = {row["loinc_code"] for row in seed_named("reference_ranges_adult")}
    added = seed_named("reference_ranges_added")
    assert not given & {row["loinc_code"] for row in added}
    assert all(row["source_name"] for row in added)
    by_code: dict[str, set[str]] = {}
    for row in added:
        by_code.setdefault(row["loinc_code"], set()).add(row["sex_code"])
    assert all(sexes == {"female", "male"} for sexes in by_code.values())


def test_every_age_from_one_to_adulthood_has_one_range_of_each_sex() -> None:
    bands: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in seed_named("reference_ranges_children"):
        band = (int(row["age_from_years"]), int(row["age_until_years"]))
        bands.setdefault((row["loinc_code"], row["sex_code"]), []).append(band)
        assert float(row["reference_low"]) < float(row["reference_high"])
    for each in map(sorted, bands.values()):
        ends = [1, *(until for _, until in each)]
        assert [begins for begins, _ in each] == ends[:-1]
        assert ends[-1] == 18
    assert {sex for _, sex in bands} == {"female", "male"}


def test_glucose_of_unknown_fasting_state_is_in_doubt_between_two_limits() -> None:
    ranged = {row["loinc_code"] for row in seed_named("reference_ranges_adult")}
    added = {row["loinc_code"]: row for row in seed_named("reference_ranges_added")}
    assert "1558-6" in ranged
    assert "2345-7" not in ranged
    assert (added["2345-7"]["reference_high"], added["2345-7"]["doubtful_below"]) == (
        "99",
        "140",
    )


@pytest.mark.shared_data
def test_ranges_are_those_of_the_clinical_tables(shared_clinical: Path) -> None:
    expected = {
        (
            row["loinc"],
            sex,
            row["unit_ucum"],
            row["low_inclusive"],
            row["high_inclusive"],
        )
        for row in delivered(shared_clinical, "lab_reference_ranges_adult")
        if row["low_inclusive"] or row["high_inclusive"]
        for sex in {"F": ["female"], "M": ["male"]}.get(row["sex"], ["female", "male"])
    }
    columns = ("loinc_code", "sex_code", "unit_ucum", "reference_low", "reference_high")
    rows = seed_named("reference_ranges_adult")
    assert {tuple(row[column] for column in columns) for row in rows} == expected


@pytest.mark.shared_data
def test_critical_limits_are_those_of_the_clinical_tables(
    shared_clinical: Path,
) -> None:
    expected = {
        (row["loinc"], row["unit_ucum"], row["critical_low"], row["critical_high"])
        for row in delivered(shared_clinical, "lab_critical_values_adult")
    }
    columns = ("loinc_code", "unit_ucum", "critical_low", "critical_high")
    rows = seed_named("critical_values_adult")
    limits = {tuple(row[column] for column in columns) for row in rows}
    unknown_vessel = {each for each in limits if each[0] in BLOOD_OF_UNKNOWN_VESSEL}
    assert limits - unknown_vessel == expected
    assert {
        (BLOOD_OF_UNKNOWN_VESSEL[code], *limit) for code, *limit in unknown_vessel
    } == {each for each in expected if each[0] in BLOOD_OF_UNKNOWN_VESSEL.values()}


def test_blood_of_unknown_vessel_has_critical_limits_and_no_range() -> None:
    critical = {row["loinc_code"] for row in seed_named("critical_values_adult")}
    ranged = {row["loinc_code"] for row in seed_named("reference_ranges_adult")}
    equivalent = {row["loinc_code"] for row in seed_named("equivalent_loinc_codes")}
    assert set(BLOOD_OF_UNKNOWN_VESSEL) <= critical
    assert not (set(BLOOD_OF_UNKNOWN_VESSEL) | {"11556-8"}) & (ranged | equivalent)
    assert "11556-8" not in critical


def test_children_have_the_critical_limits_that_hold_at_every_age() -> None:
    assert {
        row["loinc_code"]
        for row in seed_named("critical_values_adult")
        if row["is_for_children"] == "true"
    } == {
        *("2823-3", "2951-2", "17861-6", "1995-0"),
        *("2345-7", "2744-1", "11558-4", "2524-7"),
    }


@pytest.mark.shared_data
def test_our_codes_are_of_items_that_the_delivered_list_names_so(
    shared_data: Path,
) -> None:
    with gzip.open(
        shared_data / "mimic_iv_demo/hosp/d_labitems.csv.gz", "rt", encoding="utf-8"
    ) as file:
        items = {
            (item["itemid"], item["label"], item["fluid"])
            for item in csv.DictReader(file)
        }
    assert {
        (row["local_code"], row["code_name"], row["specimen_name"])
        for row in seed_named("local_codes_with_loinc")
    } <= items


def test_conversions_are_those_of_the_reference(shared_clinical: Path) -> None:
    ours = [tuple(row.values())[:7] for row in seed_named("lab_unit_conversions")]
    names = ("analyte", "loinc_from", "unit_from", "loinc_to", "unit_to")

    assert ours == [
        tuple(row[name] for name in (*names, "factor", "offset"))
        for row in delivered(shared_clinical, "lab_unit_conversions")
    ]


def test_quantiles_are_those_of_students_t() -> None:
    ours = {
        int(row["degrees_of_freedom"]): float(row["t_975"])
        for row in seed_named("t_quantiles")
    }

    assert [*ours] == [*range(1, 201)]  # int_trend_slopes asks for no other
    assert ours == {
        degrees: pytest.approx(stats.t.ppf(0.975, degrees), abs=1e-9)
        for degrees in ours
    }


@pytest.mark.shared_data
def test_reference_changes_are_those_of_the_reference(shared_clinical: Path) -> None:
    ours = {
        (row["loinc_code"], row["change_percent"], row["source_name"])
        for row in seed_named("reference_change_values")
    }

    assert ours == {
        (row["loinc"], row["limit"], row["source"])
        for row in delivered(shared_clinical, "lab_delta_checks")
        if row["rule"] == "RCV95"
    }


@pytest.mark.shared_data
def test_delta_checks_are_those_of_the_reference(shared_clinical: Path) -> None:
    kinds = {"RCV95": "rcv"}
    hours = {"3 d": "72", "any": "", "3-7 d": "168", "2 mo": "1464"}

    assert [
        tuple(row[name] for name in (
            "loinc_code", "analyte_name", "kind_code", "change_limit", "unit_ucum",
            "window_hours", "source_name",
        ))
        for row in seed_named("lab_delta_checks")
    ] == [
        (
            row["loinc"],
            row["name"],
            kinds.get(row["rule"], row["rule"]),
            row["limit"].replace("site", ""),
            row["unit"],
            hours[row["window"]],
            row["source"],
        )
        for row in delivered(shared_clinical, "lab_delta_checks")
    ]  # fmt: skip


def test_delta_checks_agree_with_the_reference_change_values() -> None:
    changes = {
        row["loinc_code"]: row["change_percent"]
        for row in seed_named("reference_change_values")
    }

    assert changes == {
        row["loinc_code"]: row["change_limit"]
        for row in seed_named("lab_delta_checks")
        if row["kind_code"] == "rcv"
    }


def test_every_comparable_unit_has_a_dimension() -> None:
    units = {row["comparable_unit"] for row in seed_named("unit_spellings")}

    assert {row["comparable_unit"] for row in seed_named("unit_dimensions")} == units


def test_every_unit_of_a_limit_of_draws_and_changes_is_a_known_spelling() -> None:
    known = {row["unit"] for row in seed_named("unit_spellings")} | {""}
    for name in ("lab_delta_checks", "spurious_draw_limits"):
        assert {row["unit_ucum"] for row in seed_named(name)} <= known


def test_critical_operators_stand_beside_their_limits() -> None:
    for row in seed_named("critical_values_adult"):
        assert row["low_operator"] in (("<", "<=") if row["critical_low"] else ("",))
        assert row["high_operator"] in ((">", ">=") if row["critical_high"] else ("",))


def test_the_sites_list_is_delivered_empty_with_its_columns_described() -> None:
    seed = SEEDS[0].parents[1] / "site" / "site_reference_ranges.csv"
    (properties,) = yaml.safe_load(seed.with_suffix(".yml").read_text())["seeds"]
    header, *rows = seed.read_text().splitlines()

    assert rows == []
    assert [column["name"] for column in properties["columns"]] == header.split(",")
    assert list(properties["config"]["column_types"]) == header.split(",")
