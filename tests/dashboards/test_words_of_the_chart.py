"""The words that a doctor reads: nothing left out, nothing called usual by default."""

from datetime import datetime

import pandas as pd
import pytest

from dashboards.chart.acknowledgements import with_acknowledgements
from dashboards.chart.flags import flag_of, with_flags
from dashboards.chart.medicines import medicine_name
from dashboards.chart.result_words import numbered, worded
from dashboards.chart.results import analytes_by_urgency, latest_of_each
from dashboards.chart.vital_signs import PRESSURE, _latest
from pipelines.record.actions.acknowledging import PendingAcknowledgement

RESULT = {
    "analyte_code": "2823-3",
    "test_name": "Potassium",
    "specimen_name": None,
    "organism_name": None,
    "antibiotic_name": None,
    "susceptibility_code": None,
    "collected_at": pd.Timestamp("2026-06-01", tz="UTC"),
    "value_text": "4.2",
    "value_number": 4.2,
    "comparator": None,
    "comparator_number": None,
    "unit": "mmol/L",
    "reference_low": None,
    "reference_high": None,
    "reference_text": None,
    "default_low": None,
    "default_high": None,
    "default_range_name": None,
    "default_range_source_code": None,
    "delivered_number": 4.2,
    "delivered_unit": "mmol/L",
    "conversion_code": "not_needed",
    "laboratory_flag": None,
    "displayed_flag": "INDETERMINATE",
    "displayed_flag_source": None,
    "indeterminate_reason": None,
    "default_indeterminate_reason": None,
    "result_status_code": "final",
    "is_usable": True,
    "comment_text": None,
}
JUNE = pd.Timestamp("2026-06-10", tz="UTC")


def shown(**changes: object) -> pd.Series:
    """Return one result as the page words it."""
    results = pd.DataFrame([{**RESULT, **changes}])
    return worded(with_flags(numbered(results))).iloc[0]


@pytest.mark.parametrize(
    ("drug_name", "name"),
    [
        (
            "Acetaminophen 325 MG / Hydrocodone Bitartrate 7.5 MG Oral Tablet",
            "Acetaminophen / Hydrocodone Bitartrate",
        ),
        ("Metformin 500 MG Oral Tablet", "Metformin"),
        ("24 HR Metformin 500 MG Extended Release", "Metformin"),
        ("NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector", "Epinephrine"),
        ("{7 (A 0.5 MG Tablet) / 7 (B 1 MG Tablet) } Pack [Aranelle]", "Aranelle"),
        (None, "Medicine not named"),
    ],
)
def test_a_medicine_is_named_with_all_its_ingredients(
    drug_name: str | None, name: str
) -> None:
    assert medicine_name(drug_name) == name


def test_an_abnormal_word_is_not_hidden_by_an_older_number() -> None:
    rows = [
        {**RESULT, "displayed_flag": "NORMAL"},
        {**RESULT, "displayed_flag": "CRITICAL", "value_text": "very high",
         "value_number": None, "collected_at": JUNE},
    ]  # fmt: skip
    latest = latest_of_each(with_flags(numbered(pd.DataFrame(rows))))

    assert list(latest["value_text"]) == ["very high"]


def test_a_word_that_says_nothing_does_not_hide_an_older_number() -> None:
    rows = [
        {**RESULT, "displayed_flag": "CRITICAL_HIGH", "value_number": 6.4},
        {**RESULT, "value_text": "haemolysed", "value_number": None,
         "collected_at": JUNE},
    ]  # fmt: skip
    latest = latest_of_each(with_flags(numbered(pd.DataFrame(rows))))

    assert list(latest["value_number"]) == [6.4]


@pytest.mark.parametrize("flags", [("NORMAL", "HIGH"), ("HIGH", "NORMAL")])
def test_of_two_results_at_one_time_the_worse_is_told(flags: tuple[str, str]) -> None:
    rows = [{**RESULT, "displayed_flag": flag} for flag in flags]
    latest = latest_of_each(with_flags(numbered(pd.DataFrame(rows))))

    assert list(latest["displayed_flag"]) == ["HIGH"]


def test_a_withdrawn_value_is_never_shown_without_saying_so() -> None:
    result = shown(
        result_status_code="entered-in-error",
        is_usable=False,
        indeterminate_reason="status_not_usable",
    )

    assert result["shown_value"] == "4.2 mmol/L (entered in error)"
    assert result["note"] == "entered in error"


def test_a_flag_that_objects_to_a_normal_range_is_the_reason_given() -> None:
    result = shown(laboratory_flag="C", reference_low=3.5, reference_high=5.0)

    assert result["judgement"] == (
        "Not judged: the laboratory's flag does not say normal"
    )


def test_a_range_in_words_is_shown_as_it_came() -> None:
    result = shown(indeterminate_reason="range_in_words", reference_text="<0.01")

    assert result["shown_range"] == "<0.01"
    assert result["shown_basis"] == "laboratory"
    assert result["judgement"] == "No range: the one sent is in words"


def test_the_laboratorys_comment_stands_beside_the_result() -> None:
    result = shown(value_text=None, value_number=None, comment_text="GREATER THAN 500")

    assert result["note"] == "GREATER THAN 500"


def test_a_critical_without_direction_comes_first() -> None:
    assert flag_of("CRITICAL", None).rank == flag_of("CRITICAL_HIGH", None).rank


def test_a_blood_pressure_is_never_made_of_two_measurements() -> None:
    values = pd.DataFrame(
        {
            "vital_sign_name": ["Systolic blood pressure", "Diastolic blood pressure"],
            "value_number": [180, 70],
            "unit": ["mm[Hg]", "mm[Hg]"],
            "measured_at": [JUNE, RESULT["collected_at"]],
        }
    )

    assert _latest(PRESSURE, values) == "180/not measured mmHg, 10 Jun 2026"


def test_an_old_critical_result_stands_below_this_months_abnormal_one() -> None:
    rows = [
        {**RESULT, "analyte_code": "lactate", "test_name": "Lactate",
         "displayed_flag": "CRITICAL_HIGH",
         "collected_at": pd.Timestamp("2024-06-01")},
        {**RESULT, "displayed_flag": "HIGH", "collected_at": JUNE.tz_localize(None)},
        {**RESULT, "analyte_code": "sodium", "displayed_flag": "NORMAL",
         "collected_at": JUNE.tz_localize(None)},
    ]  # fmt: skip
    results = with_flags(numbered(pd.DataFrame(rows)))
    picker = analytes_by_urgency(results, pd.Timestamp("2026-06-30"))
    undated = analytes_by_urgency(results, pd.NaT)

    assert list(picker.index) == ["2823-3", "lactate", "sodium"]
    assert list(picker["is_old"][:2]) == [False, True]
    assert list(undated.index) == ["lactate", "2823-3", "sodium"]


@pytest.mark.parametrize(
    ("day", "is_old"), [("2026-05-31", False), ("2026-05-30", True)]
)
def test_a_result_is_old_after_thirty_days(day: str, is_old: bool) -> None:  # noqa: FBT001
    row = {**RESULT, "displayed_flag": "HIGH", "collected_at": pd.Timestamp(day)}
    results = with_flags(numbered(pd.DataFrame([row])))
    picker = analytes_by_urgency(results, pd.Timestamp("2026-06-30"))

    assert list(picker["is_old"]) == [is_old]


def acknowledgement(
    at: str, *, reading: str, patient_key: int = 1
) -> PendingAcknowledgement:
    """Return an acknowledgement in the record, of the result of these tests."""
    when = datetime.fromisoformat(at)
    return PendingAcknowledgement(patient_key, "a:1", reading, "two", "Dr. Two", when)


@pytest.mark.parametrize(
    ("is_current", "pending", "told"),
    [
        (True, [], "Dr. One, 1 Jun 2026, 10:00"),
        (False, [], "before it was changed: Dr. One, 1 Jun 2026, 10:00"),
        (
            False,
            [acknowledgement("2026-06-01T09:00Z", reading="now")],
            "Dr. Two, 1 Jun 2026, 09:00, being processed",
        ),
        (
            True,
            [acknowledgement("2026-06-01T09:00Z", reading="then")],
            "before it was changed: Dr. Two, 1 Jun 2026, 09:00, being processed",
        ),
        (
            False,
            [acknowledgement("2026-06-01T08:00Z", reading="now")],
            "before it was changed: Dr. One, 1 Jun 2026, 10:00",
        ),
        (
            False,
            [acknowledgement("2026-06-01T09:00Z", reading="now", patient_key=2)],
            "before it was changed: Dr. One, 1 Jun 2026, 10:00",
        ),
    ],
    ids=["seen", "changed", "seen anew", "seen otherwise", "known", "of another"],
)
def test_the_last_acknowledgement_decides(
    is_current: bool,  # noqa: FBT001
    pending: list[PendingAcknowledgement],
    told: str,
) -> None:
    results = pd.DataFrame(
        [{"patient_key": 1, "lab_result_key": "a:1", "reading_hash": "now"}]
    )
    one = {
        "lab_result_key": "a:1",
        "person_name": "Dr. One",
        "comment_text": None,
        "is_current_reading": is_current,
        # As the clock of the hospital shows it, two hours from UTC, and exactly.
        "acknowledged_at": pd.Timestamp("2026-06-01 10:00"),
        "acknowledged_instant": "2026-06-01T08:00:00.000000Z",
    }
    earlier = one | {
        "acknowledged_instant": "2026-05-01T08:00:00.000000Z",
        "is_current_reading": not is_current,
    }
    seen = with_acknowledgements(results, pd.DataFrame([one, earlier]), pending)

    assert list(seen["seen_by"]) == [told]


def test_a_converted_value_says_what_it_was_delivered_as() -> None:
    glucose = {"value_number": 99.986668, "unit": "mg/dL", "delivered_number": 5.55,
               "delivered_unit": "mmol/L", "conversion_code": "converted"}  # fmt: skip
    bound = {"value_number": None, "comparator": "<", "comparator_number": 19.8,
             "delivered_number": 1.1}  # fmt: skip

    assert shown(**glucose)["flagged_value"].endswith("99.99 mg/dL")
    assert shown(**glucose)["note"] == "converted from 5.55 mmol/L"
    assert shown(**glucose | bound)["note"] == "converted from <1.1 mmol/L"
    assert shown()["note"] == ""


def test_a_sites_range_is_not_called_a_usual_one() -> None:
    by_site = {"default_low": 3, "default_high": 5,
               "default_range_name": "Site range of 2823-3 by our study",
               "default_range_source_code": "site"}  # fmt: skip

    assert shown(**by_site)["shown_basis"] == "the site's own range"
