"""Versions: each says when it was known, and none knows what is still to come."""

import polars as pl
import pytest

from pipelines.feeds.catalogue import FEEDS
from pipelines.record.simulator.simulation import FEEDS as WRITTEN
from tests.record.simulator.conftest import UNTIL, Read


def test_a_corrected_result_supersedes_under_the_same_record_id(read: Read) -> None:
    results = read("lab_results")
    corrected = results.filter(pl.col("status_code") == "corrected").unique()
    assert corrected.height > 0
    earlier = results.filter(pl.col("status_code") == "final")
    pairs = corrected.join(earlier, on="record_id", suffix="_before")
    assert pairs["record_id"].n_unique() == corrected.height
    assert (pairs["source_updated_at"] > pairs["source_updated_at_before"]).all()


@pytest.mark.parametrize(
    "name",
    [name for name in WRITTEN if FEEDS[name].has_patient and name != "patients"],
)
def test_every_fact_says_when_each_version_was_known(name: str, read: Read) -> None:
    rows = read(name)
    times = rows.select("record_id", "source_updated_at")

    assert times["source_updated_at"].null_count() == 0
    distinct = rows.unique().select("record_id", "source_updated_at")
    assert distinct.height == distinct.unique().height
    assert times["source_updated_at"].max() < UNTIL.isoformat()


@pytest.mark.parametrize(
    ("name", "begin", "end"),
    [
        ("encounters", "started_at", "ended_at"),
        ("conditions", "recorded_at", "ended_at"),
        ("prescriptions", "started_at", "ended_at"),
        ("care_plans", "started_at", "ended_at"),
        ("care_team", "started_at", "ended_at"),
    ],
)
def test_no_end_is_known_before_it_comes(
    name: str, begin: str, end: str, read: Read
) -> None:
    rows = read(name).filter(pl.col(end) >= pl.col(begin))

    assert rows.height > 0
    assert (rows["source_updated_at"] >= rows[end]).all()


def test_a_stay_is_known_open_before_it_is_known_closed(read: Read) -> None:
    stays = read("encounters").filter(pl.col("encounter_class_code") == "inpatient")
    first = stays.filter(pl.col("source_updated_at") == pl.col("started_at"))
    left = stays.filter(pl.col("status_code") == "finished")

    assert first["record_id"].n_unique() == stays["record_id"].n_unique()
    assert set(first["status_code"]) == {"in-progress"}
    assert first["ended_at"].null_count() == first.height
    assert first["discharge_disposition_name"].null_count() == first.height
    assert left.height > 20


def test_fills_of_a_prescription_are_known_when_they_have_happened(read: Read) -> None:
    ordered = read("prescriptions")
    filled = (
        read("dispenses").group_by("prescription_id").agg(pl.col("dispensed_at").max())
    )
    known = ordered.join(
        filled, left_on="record_id", right_on="prescription_id"
    ).filter(pl.col("dispenses_count") != "0")

    assert known.height > 20
    assert (known["source_updated_at"] >= known["dispensed_at"]).all()


def test_other_diagnoses_of_a_stay_are_known_some_days_after_it(read: Read) -> None:
    left = (
        read("encounters")
        .filter(pl.col("encounter_class_code") == "inpatient")
        .filter(pl.col("ended_at") >= pl.col("started_at"))
    )
    coded = read("conditions").join(
        left.select(pl.col("record_id").alias("encounter_id"), left="ended_at"),
        on="encounter_id",
    )
    coded = coded.filter(pl.col("category_code") == "encounter-diagnosis")
    others = coded.filter(pl.col("sequence_number") != "1")
    reasons = coded.filter(pl.col("sequence_number") == "1")

    assert others.height > 20
    assert (others["recorded_at"] > others["left"]).all()
    assert (reasons["recorded_at"] < reasons["left"]).all()
    assert others["clinical_status_code"].null_count() == others.height


def test_one_stage_of_kidney_disease_is_active_at_a_time(read: Read) -> None:
    stages = (
        read("conditions")
        .sort("source_updated_at")
        .unique("record_id", keep="last")
        .filter(
            pl.col("condition_code").str.starts_with("N18"),
            pl.col("clinical_status_code") == "active",
        )
    )

    assert stages.height > 0
    assert stages["source_patient_id"].is_unique().all()
