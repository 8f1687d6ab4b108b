"""The repeated hospital: as many rows as asked for, no fact twice, nobody's mixed."""

import polars as pl
import pytest

from benchmarks.data import (
    make_hospital,
    read_rows,
    under_new_ids,
    write_new_results,
    write_other_bytes,
)

ROWS = 700


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    return make_hospital(tmp_path_factory.mktemp("hospital"), ROWS)


def test_a_hospital_has_exactly_the_results_asked_for(hospital):
    assert read_rows(hospital.lab_results).height == ROWS


def test_every_result_belongs_to_a_patient_and_an_encounter_of_the_hospital(hospital):
    results = read_rows(hospital.lab_results)
    for column, file in (
        ("source_patient_id", "patients.csv"),
        ("encounter_id", "encounters.csv"),
    ):
        known = read_rows(hospital.folder / file)
        key = "record_id" if column == "encounter_id" else column
        named = set(results[column].drop_nulls())
        assert named
        assert named <= set(known[key])


def test_a_copy_has_ids_of_its_own_and_the_same_staff_and_values():
    rows = pl.DataFrame(
        {
            "record_id": ["L1"],
            "source_patient_id": ["P1"],
            "encounter_id": [None],
            "practitioner_id": ["D1"],
            "value_text": ["4.1"],
        },
        schema_overrides={"encounter_id": pl.String},
    )

    assert under_new_ids(rows, 3).row(0) == ("L1.3", "P1.3", None, "D1", "4.1")


def test_other_bytes_hold_the_same_rows(hospital, tmp_path):
    target = tmp_path / "other.csv"

    write_other_bytes(hospital.lab_results, target)

    assert target.read_bytes() != hospital.lab_results.read_bytes()
    rows, others = read_rows(hospital.lab_results), read_rows(target)
    assert others.columns == rows.columns[::-1]
    assert others.reverse().select(rows.columns).equals(rows)


def test_new_results_are_of_the_share_of_patients_asked_for(hospital, tmp_path):
    target = tmp_path / "new.csv"
    rows = read_rows(hospital.lab_results)
    everybody = rows["source_patient_id"].n_unique()

    patients = write_new_results(hospital.lab_results, target, share=0.5)

    new = read_rows(target)
    assert patients == new["source_patient_id"].n_unique() == -(-everybody // 2)
    assert not set(new["record_id"]) & set(rows["record_id"])
    assert set(new["source_patient_id"]) < set(rows["source_patient_id"])
