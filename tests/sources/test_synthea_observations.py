"""What a Synthea observation becomes: which feed, which columns, which record id."""

import pytest

from pipelines.sources.adapter import LINE
from tests.sources.synthea_files import mapped, only_row, record_ids

VISIT = {"patient": "p1", "encounter": "e1", "date": "2020-05-01T08:00:00Z"}
POTASSIUM = {
    **VISIT,
    "category": "laboratory",
    "code": "6298-4",
    "description": "Potassium",
    "value": "4.1",
    "units": "mmol/L",
    "type": "numeric",
}


def test_a_laboratory_observation_keeps_code_value_unit_and_time_as_delivered():
    row = only_row("observations", "lab_results", POTASSIUM)
    expected = {
        LINE: 2,
        "source_patient_id": "p1",
        "encounter_id": "e1",
        "test_code": "6298-4",
        "code_system": "LOINC",
        "test_name": "Potassium",
        "value_text": "4.1",
        "value_number": "4.1",
        "unit": "mmol/L",
        "collected_at": "2020-05-01T08:00:00Z",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_text_that_synthea_does_not_call_numeric_is_no_number():
    row = only_row("observations", "lab_results", {**POTASSIUM, "type": "text"})
    assert row["value_text"] == "4.1"
    assert row["value_number"] is None


@pytest.mark.parametrize(
    ("category", "code", "feed"),
    [
        ("laboratory", "6298-4", "lab_results"),
        (None, "6298-4", "lab_results"),  # 2017 has no category
        ("vital-signs", "8480-6", "vital_signs"),
        ("laboratory", "8462-4", "vital_signs"),  # a blood pressure is no lab result
        ("imaging", "10230-1", "vital_signs"),
        ("survey", "72166-2", "social_history"),
        ("social-history", "72166-2", "social_history"),
        ("survey", "55758-7", "questionnaire_responses"),
        ("exam", "69453-9", "questionnaire_responses"),
        ("procedure", "33756-8", "lab_results"),
        ("laboratory", "56799-0", "identity_statements"),
        ("survey", "56799-0", "identity_statements"),
        (None, "42077-8", "identity_statements"),  # a telephone number
        ("laboratory", "99999-9", "lab_results"),  # unknown code: by category
        ("Vital-Signs", "99999-9", "vital_signs"),
    ],
)
def test_an_observation_goes_where_its_code_says_and_else_where_its_category_says(
    category: str | None, code: str, feed: str
):
    made = mapped("observations", {**POTASSIUM, "category": category, "code": code})
    assert list(made.feeds) == [feed]
    assert made.excluded.is_empty()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "QOLS",
            "Computed by the simulator for the whole life; "
            "not an observation of the patient.",
        ),
        (
            "75443-2",
            "States that a note was written; the note itself is not delivered.",
        ),
        (
            "99999-9",
            "Neither its code nor its category is in the lists of this adapter.",
        ),
    ],
)
def test_an_observation_of_no_feed_is_excluded_with_a_reason(code: str, reason: str):
    made = mapped("observations", {**POTASSIUM, "category": None, "code": code})
    assert not made.feeds
    assert made.excluded.rows() == [(2, reason)]


def test_an_address_lands_nowhere_but_in_the_statement():
    row = only_row(
        "observations",
        "identity_statements",
        {**POTASSIUM, "code": "56799-0", "value": "1 Example Street"},
    )
    holders = [name for name, value in row.items() if value == "1 Example Street"]
    assert holders == ["statement_text"]
    assert "record_id" not in row


def test_a_disorder_without_value_is_a_condition_recorded_that_day():
    row = only_row(
        "observations",
        "conditions",
        {**VISIT, "code": "22298006", "description": "Myocardial Infarction"},
    )
    assert row["condition_code"] == "22298006"
    assert row["code_system"] == "SNOMED-CT"
    assert row["recorded_at"] == "2020-05-01T08:00:00Z"
    assert "started_at" not in row


def test_observations_alike_but_for_one_column_are_different_facts():
    changes = {
        "value": "4.2",
        "units": None,
        "description": "K",
        "category": None,
        "encounter": None,
        "patient": "p2",
        "date": "2020-05-02T08:00:00Z",
    }
    rows = [POTASSIUM, *({**POTASSIUM, name: new} for name, new in changes.items())]
    assert len(set(record_ids("observations", "lab_results", *rows))) == 8


def test_observations_alike_in_every_column_are_one_fact():
    first, second = record_ids("observations", "lab_results", POTASSIUM, POTASSIUM)
    assert first == second


def test_a_value_that_moves_from_one_column_to_the_next_makes_another_id():
    rows = (
        {**POTASSIUM, "description": "ab", "value": "c"},
        {**POTASSIUM, "description": "a", "value": "bc"},
        {**POTASSIUM, "description": "ab1:c", "value": None},
    )
    assert len(set(record_ids("observations", "lab_results", *rows))) == 3
