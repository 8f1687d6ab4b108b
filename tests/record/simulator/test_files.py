"""Files that parse and hold together, with only the mistakes that were planted."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import ColumnType
from pipelines.record.simulator.simulation import FEEDS as WRITTEN
from pipelines.record.simulator.simulation import Summary
from tests.record.simulator.conftest import UNTIL, Read


@pytest.mark.parametrize("name", WRITTEN)
def test_every_file_parses_as_its_contract_says(name: str, read: Read) -> None:
    feed, rows = FEEDS[name], read(name)
    assert tuple(rows.columns) == feed.delivered_columns
    for column in feed.columns:
        values = rows[column.name].drop_nulls()
        if column.type is ColumnType.TIMESTAMP:
            values.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=True)
        elif column.type is ColumnType.DATE:
            values.str.to_date("%Y-%m-%d", strict=True)
        elif column.type in {ColumnType.DECIMAL, ColumnType.INTEGER}:
            values.cast(pl.Float64, strict=True)
        if column.is_required and column.name != "test_code":
            assert rows[column.name].null_count() == 0, column.name


@pytest.mark.parametrize("name", [name for name in WRITTEN if FEEDS[name].has_patient])
def test_every_reference_leads_somewhere(name: str, read: Read) -> None:
    rows = read(name)
    targets = {
        "source_patient_id": "patients",
        "surviving_patient_id": "patients",
        "encounter_id": "encounters",
        "part_of_encounter_id": "encounters",
        "practitioner_id": "practitioners",
        "organization_id": "organizations",
        "prescription_id": "prescriptions",
        "replaces_prescription_id": "prescriptions",
        "order_id": "lab_orders",
        "specimen_id": "specimens",
        "coverage_id": "coverages",
        "claim_id": "claims",
        "replaces_claim_id": "claims",
    }
    for column in set(targets) & set(rows.columns):
        known = read(targets[column])["record_id"]
        lost = rows.filter(~pl.col(column).is_in(known.to_list()))
        assert lost[column].drop_nulls().to_list() == [], column


def test_unusual_codes_are_on_the_laboratorys_list_and_some_have_no_loinc(
    read: Read,
) -> None:
    listed = read("local_codes")
    used = read("lab_results").filter(pl.col("code_system") == "lis")
    assert used["test_code"].drop_nulls().is_in(listed["local_code"].to_list()).all()
    assert 0 < listed["loinc_code"].null_count() < listed.height


def test_nothing_happens_after_the_end_but_the_planted_mistakes(
    delivered: tuple[Path, Summary], read: Read
) -> None:
    end = datetime.combine(UNTIL, datetime.min.time(), tzinfo=UTC)
    mistakes = delivered[1].mistakes
    for name in WRITTEN:
        event_at = FEEDS[name].event_at
        if event_at is None or not FEEDS[name].has_patient:
            continue
        times = read(name)[event_at].str.to_datetime(
            "%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"
        )
        allowed = mistakes["collected in the future"] if name == "lab_results" else 0
        if name == "appointments":
            continue  # they may be made for days to come
        assert (times >= end).sum() == allowed, name


def test_nobody_is_treated_before_birth_but_by_mistake(
    delivered: tuple[Path, Summary], read: Read
) -> None:
    births = read("patients").select("source_patient_id", "birth_date")
    results = read("lab_results").join(births, on="source_patient_id")
    early = results.filter(
        pl.col("collected_at").str.slice(0, 10) < pl.col("birth_date")
    )
    assert early.height == delivered[1].mistakes["collected before birth"]
    visits = read("encounters").join(births, on="source_patient_id")
    assert (visits["started_at"].str.slice(0, 10) >= visits["birth_date"]).all()


def test_the_dead_have_no_later_visits(read: Read) -> None:
    dead = read("patients").filter(pl.col("deceased_at").is_not_null())
    visits = read("encounters").join(dead, on="source_patient_id")
    assert (visits["started_at"] <= visits["deceased_at"]).all()


def test_planted_mistakes_are_where_the_count_says(
    delivered: tuple[Path, Summary], read: Read
) -> None:
    results, mistakes = read("lab_results"), delivered[1].mistakes
    assert results["test_code"].null_count() == mistakes["result without a code"]
    repeated = results.height - results.unique().height
    repeated += read("dispenses").height - read("dispenses").unique().height
    assert repeated == mistakes["row repeated"]


def test_patients_numbers_cannot_be_anybodys(read: Read) -> None:
    people = read("patients")
    assert people["national_id"].str.contains(r"^9\d\d-[0-4]\d-\d{4}$").all()
    assert people["phone"].drop_nulls().str.contains(r" 555 01\d\d$").all()
    assert people["postal_code"].str.contains(r"^0[12]\d{3}$").all()


def test_namesakes_can_be_searched(read: Read) -> None:
    people = read("patients").filter(pl.col("family_name").str.starts_with("Smith"))

    assert people.height >= 1
    assert people["given_name"].str.starts_with("Joh").all()
