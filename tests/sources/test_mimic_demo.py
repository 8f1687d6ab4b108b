"""The MIMIC-IV demo as published: counts, keys and values, against the files."""

from collections import Counter
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pytest

from pipelines.feeds.catalogue import FEEDS
from pipelines.sources.adapter import Mapped
from pipelines.sources.mimic import ADAPTER

pytestmark = pytest.mark.shared_data

# Line counts of the files less their header.
RECORDS = {
    "admissions": 275,
    "d_labitems": 1622,
    "d_labitems_v0.4_with_loinc": 1625,
    "diagnoses_icd": 4506,
    "labevents": 107_727,
    "microbiologyevents": 2899,
    "omr": 2964,
    "patients": 100,
    "pharmacy": 15_306,
    "prescriptions": 18_087,
    "procedures_icd": 722,
    "services": 319,
    "transfers": 1190,
}


@pytest.fixture(scope="module")
def demo(shared_data: Path) -> dict[str, Mapped]:
    """Return every file that a feed takes, mapped."""
    files = (shared_data / "mimic_iv_demo").glob("*/*.csv.gz")
    paths = {path.name.removesuffix(".csv.gz"): path for path in files}
    return {
        name: ADAPTER.table_of(name).map_records(read_records(path))
        for name, path in paths.items()
        if ADAPTER.table_of(name).map_records is not None
    }


def read_records(path: Path) -> pl.DataFrame:
    """Read a file as the landing does: text, nulls for empty fields, line numbers."""
    records = pl.read_csv(path, infer_schema=False).with_row_index("line_number", 2)
    filled = pl.when(cs.string() != "").then(cs.string()).name.keep()
    return records.with_columns(filled)


def facts(demo: dict[str, Mapped], feed: str) -> pl.DataFrame:
    """Return all rows of a feed, whichever file they come from."""
    rows = [mapped.feeds[feed] for mapped in demo.values() if feed in mapped.feeds]
    return pl.concat(rows, how="diagonal")


def test_every_file_of_the_demo_is_known(demo: dict[str, Mapped]) -> None:
    assert demo.keys() == RECORDS.keys()


def test_every_record_is_mapped_or_excluded_with_a_reason(
    demo: dict[str, Mapped],
) -> None:
    for name, mapped in demo.items():
        lines = set(mapped.excluded["line_number"])
        made = set().union(
            *(set(rows["line_number"]) for rows in mapped.feeds.values())
        )
        assert not lines & made, name
        assert len(lines) + len(made) == RECORDS[name], name


def test_only_discharge_markers_are_excluded(demo: dict[str, Mapped]) -> None:
    excluded = Counter({name: mapped.excluded.height for name, mapped in demo.items()})
    assert +excluded == {"transfers": 275}


def test_no_two_rows_of_a_feed_are_the_same_fact(demo: dict[str, Mapped]) -> None:
    made = {feed for mapped in demo.values() for feed in mapped.feeds}
    for feed in made - {"patients"}:
        rows = facts(demo, feed)
        keys = [key for key in FEEDS[feed].natural_key if key in rows.columns]
        identity = ["record_id"] if "record_id" in rows.columns else keys
        assert not rows.select(identity).is_duplicated().any(), feed


def test_one_file_never_answers_for_the_record_of_another(
    demo: dict[str, Mapped],
) -> None:
    encounters, results = facts(demo, "encounters"), facts(demo, "lab_results")

    assert encounters["record_id"].n_unique() == 275 + (1190 - 275) + 319
    assert results["record_id"].n_unique() == 107_727 + 2899


def test_number_and_range_survive_in_all_rows_that_have_them(
    demo: dict[str, Mapped],
) -> None:
    results = demo["labevents"].feeds["lab_results"]
    stated = results.select("value_number", "reference_low", "reference_high")

    assert stated.drop_nulls().height == 87_905


def test_deidentified_values_are_not_values(demo: dict[str, Mapped]) -> None:
    results = facts(demo, "lab_results")

    assert not (results["value_text"] == "___").any()
    # 6,823 such values and 9,588 empty ones among the laboratory's rows.
    laboratory = demo["labevents"].feeds["lab_results"]
    assert laboratory["value_text"].null_count() == 6823 + 9588


def test_microbiology_makes_no_number(demo: dict[str, Mapped]) -> None:
    rows = demo["microbiologyevents"].feeds["lab_results"]

    assert "value_number" not in rows.columns
    assert Counter(rows["laboratory_flag"].drop_nulls()) == {
        "S": 818,
        "R": 190,
        "I": 28,
    }
    assert rows.filter(status_code="CANCELLED").height == 17


def test_every_dispense_finds_prescriptions_of_its_patient(
    demo: dict[str, Mapped],
) -> None:
    keys = ["source_patient_id", "encounter_id", "pharmacy_order_id"]
    prescriptions = facts(demo, "prescriptions").select(keys)
    dispenses = facts(demo, "dispenses").select(keys)

    # 81 pharmacy rows, the parenteral nutritions, have no prescription.
    assert dispenses.join(prescriptions, on=keys, how="anti").height == 81
    assert prescriptions.join(dispenses, on=keys, how="anti").is_empty()


def test_a_loinc_code_of_the_older_list_is_not_always_the_item_of_today(
    demo: dict[str, Mapped],
) -> None:
    codes = facts(demo, "local_codes")
    newer = codes.filter(code_list="mimic-labitems")
    older = codes.filter(code_list="mimic-labitems-v0.4").drop_nulls("loinc_code")
    same = newer.join(
        older, on=["local_code", "code_name", "specimen_name"], how="inner"
    )
    renumbered = newer.join(older, on="local_code").height - same.height

    assert (same.height, renumbered) == (219, 37)
