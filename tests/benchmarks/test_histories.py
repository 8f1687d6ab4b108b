"""Long histories: the same facts earlier, none twice, none in a wrong year."""

import polars as pl

from benchmarks.histories import earlier, write_new_prescriptions

PRESCRIPTIONS = pl.DataFrame(
    {
        "record_id": ["R1", "R2", "R3"],
        "source_patient_id": ["P1", "P1", "P2"],
        "encounter_id": ["E1", None, "E2"],
        "practitioner_id": ["D1", "D1", "D2"],
        "started_at": ["2024-02-29T08:00:00Z", "2025-01-01T00:00:00Z", None],
        "ended_at": [None, "2025-01-31T00:00:00Z", None],
        "source_updated_at": ["2024-02-29T08:00:00Z"] * 3,
    }
)


def test_an_earlier_history_has_facts_of_its_own_four_years_before() -> None:
    moved = earlier("prescriptions", PRESCRIPTIONS, 2)

    assert moved["record_id"].to_list() == ["R1.2", "R2.2", "R3.2"]
    assert moved["encounter_id"].to_list() == ["E1.2", None, "E2.2"]
    assert moved["source_patient_id"].to_list() == ["P1", "P1", "P2"]
    assert moved["practitioner_id"].to_list() == ["D1", "D1", "D2"]
    assert moved["started_at"].to_list() == [
        "2016-02-29T08:00:00Z",
        "2017-01-01T00:00:00Z",
        None,
    ]


def test_of_earlier_visits_the_stays_alone_are_repeated() -> None:
    visits = pl.DataFrame(
        {
            "record_id": ["E1", "E2"],
            "encounter_class_code": ["inpatient", "outpatient"],
            "started_at": ["2024-01-01T00:00:00Z"] * 2,
        }
    )

    assert earlier("encounters", visits, 1)["record_id"].to_list() == ["E1.1"]


def test_news_are_one_new_prescription_for_each_patient_chosen(tmp_path) -> None:
    PRESCRIPTIONS.write_csv(tmp_path / "prescriptions.csv")
    path, news = tmp_path / "prescriptions.csv", tmp_path / "news.csv"

    assert write_new_prescriptions(path, news, share=0.5) == 1
    (row,) = pl.read_csv(news, infer_schema=False).iter_rows(named=True)
    assert (row["record_id"], row["source_patient_id"]) == ("R1.new", "P1")
    assert row["started_at"] == row["source_updated_at"] > "2025-12"
    assert row["ended_at"] is None
