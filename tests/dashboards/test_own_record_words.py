"""One result, one medicine, one visit in the words of the patient's page."""

import pandas as pd
import pytest

from dashboards.own_record.judgements import CALL, JUDGEMENTS
from dashboards.own_record.looks import worded
from dashboards.own_record.medicine_card import how_to_take
from dashboards.own_record.medicines import short_name
from dashboards.own_record.picture import picture
from dashboards.own_record.result_words import (
    judgement_words,
    range_words,
    value_words,
)
from dashboards.own_record.results import cards_of
from dashboards.own_record.visits import length_words
from dashboards.own_record.wording import person_words, place_words, spelled_out
from tests.dashboards.plain_text import findings

RESULT = {
    "test_name": "Potassium",
    "is_test_explained": True,
    "test_explanation": "A salt.",
    "specimen_words": "in blood",
    "germ_name": None,
    "antibiotic_name": None,
    "comparator": None,
    "number_or_bound": 4.2,
    "value_words": None,
    "value_text": "4.2",
    "unit_words": "millimoles per litre",
    "is_unit_explained": True,
    "range_low": 3.5,
    "range_high": 5.0,
    "range_words": None,
    "range_basis_code": "sent",
    "judgement_code": "in_range",
    "susceptibility_code": None,
    "is_final": True,
    "is_corrected": False,
    "taken_at": pd.Timestamp("2026-06-01"),
}
MEDICINE = {
    "dose_text": "20",
    "dose_unit_words": "milligrams",
    "route_words": "by mouth",
    "frequency_words": "twice a day",
    "delivered_frequency": "twice daily",
    "doses_per_day": 2.0,
}


def result(**changes: object) -> pd.Series:
    return next(pd.DataFrame([{**RESULT, **changes}]).itertuples())


def medicine(**changes: object) -> pd.Series:
    return next(pd.DataFrame([{**MEDICINE, **changes}]).itertuples())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "4.2 millimoles per litre"),
        ({"comparator": "<"}, "less than 4.2 millimoles per litre"),
        ({"comparator": ">="}, "at least 4.2 millimoles per litre"),
        ({"unit_words": None}, "4.2 (a plain number, without a unit)"),
        (
            {"unit_words": None, "is_unit_explained": False},
            "4.2 in a unit of the laboratory's own",
        ),
        (
            {"number_or_bound": None, "value_words": "not found (negative)"},
            "Not found (negative)",
        ),
        (
            {"number_or_bound": None, "value_text": "3-5"},
            "3 to 5 millimoles per litre",
        ),
        (
            {"number_or_bound": None, "value_text": "/20."},
            "The laboratory wrote “/20.”; ask your care team what it means",
        ),
        ({"number_or_bound": None, "value_text": None}, "No value"),
        ({"germ_name": "ESCHERICHIA COLI"}, "Escherichia coli"),
        (
            {
                "judgement_code": "antibiotic_tested",
                "germ_name": "E. coli",
                "antibiotic_name": "AMPICILLIN",
                "susceptibility_code": "R",
            },
            "Ampicillin: does not work against the germ",
        ),
        (
            {
                "judgement_code": "antibiotic_tested",
                "antibiotic_name": "Ampicillin",
                "susceptibility_code": "?",
            },
            "Ampicillin: ask your care team",
        ),
    ],
)
def test_a_value_reads(changes: dict, words: str) -> None:
    assert value_words(result(**changes)) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Usual range that was sent: 3.5 to 5 millimoles per litre"),
        (
            {"range_low": None},
            "Usual range that was sent: up to 5 millimoles per litre",
        ),
        (
            {"range_high": None},
            "Usual range that was sent: 3.5 or more millimoles per litre",
        ),
        (
            {"range_basis_code": "usual_for_age"},
            "Usual range at that age: 3.5 to 5 millimoles per litre (none was sent "
            "with the result)",
        ),
        (
            {"range_low": None, "range_high": None, "range_words": "Negative"},
            "The laboratory expects: negative",
        ),
        ({"range_low": None, "range_high": None}, ""),
    ],
)
def test_a_range_reads(changes: dict, words: str) -> None:
    assert range_words(result(**changes)) == words


def test_what_may_still_change_and_what_was_corrected_is_told() -> None:
    told = judgement_words(result(judgement_code="above", is_final=False))
    assert told == "Above the usual range; not final yet, it may still change"
    told = judgement_words(result(is_corrected=True))
    assert told == "In the usual range; corrected by the laboratory"
    assert judgement_words(result(judgement_code="not_final", is_final=False)) == (
        "Not final yet"
    )


def test_only_what_is_far_outside_asks_to_call() -> None:
    calling = {code for code, told in JUDGEMENTS.items() if told.advice == CALL}
    assert calling == {"far_above", "far_below", "far_outside"}


def test_no_two_judgements_differ_by_colour_alone() -> None:
    told = [(judgement.flag.sign, judgement.words) for judgement in JUDGEMENTS.values()]
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    ("changes", "left", "right"),
    [
        ({"number_or_bound": 4.25}, 160, 180),  # in the middle of the range
        ({"number_or_bound": 900.0, "judgement_code": "far_above"}, 320, 323),
        ({"number_or_bound": -5.0, "judgement_code": "far_below"}, 17, 20),
        ({"number_or_bound": 5.0}, 225, 245),  # at the upper limit
        ({"range_low": None, "range_high": 200, "number_or_bound": 100.0}, 100, 110),
    ],
)
def test_the_mark_stands_where_the_value_lies(
    changes: dict, left: float, right: float
) -> None:
    drawn = picture(result(**changes))
    at = float(drawn.partition("translate(")[2].partition(",")[0])
    assert left <= at <= right


@pytest.mark.parametrize(
    "changes",
    [
        {"range_low": None, "range_high": None},
        {"range_low": 5.0, "range_high": 5.0},
        {"number_or_bound": None},
        {"judgement_code": "either_side_of_limit"},
        {"judgement_code": "no_range"},
    ],
)
def test_what_has_no_place_on_a_range_is_not_drawn(changes: dict) -> None:
    assert picture(result(**changes)) is None


def test_tests_come_by_day_then_the_most_unusual_then_those_without_a_value() -> None:
    yesterday = pd.Timestamp("2026-05-31")
    results = pd.DataFrame(
        [
            RESULT | {"test_name": "Usual"},
            RESULT | {"test_name": "Critical", "judgement_code": "far_above"},
            RESULT | {"test_name": "Empty", "judgement_code": "no_value"},
            RESULT | {"test_name": "Older", "taken_at": yesterday},
        ]
    )
    assert [name for name, _ in cards_of(results)] == [
        "Critical, in blood",
        "Usual, in blood",
        "Older, in blood",
        "Empty, in blood",
    ]


def test_the_material_is_told_once_and_a_foreign_name_is_quoted() -> None:
    results = pd.DataFrame(
        [
            RESULT | {"test_name": "Blood sugar"},
            RESULT | {"test_name": "CD117", "is_test_explained": False},
            RESULT | {"test_name": None, "is_test_explained": False},
        ],
        dtype=object,
    )
    names = {name for name, _ in cards_of(results)}
    assert names == {
        "Blood sugar",
        "The laboratory calls it “CD117”, in blood",
        "Test without a name, in blood",
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "20 milligrams, by mouth, twice a day"),
        ({"frequency_words": None}, "20 milligrams, by mouth"),
        (
            {"frequency_words": None, "delivered_frequency": None},
            "20 milligrams, by mouth, 2 times a day",
        ),
        (
            {
                "frequency_words": None,
                "delivered_frequency": None,
                "doses_per_day": 1.0,
            },
            "20 milligrams, by mouth, once a day",
        ),
        (
            {
                "frequency_words": None,
                "delivered_frequency": None,
                "doses_per_day": 0.14,
            },
            "20 milligrams, by mouth",
        ),
        ({"dose_unit_words": None}, "by mouth, twice a day"),
        ({"dose_text": "0"}, "by mouth, twice a day"),
        ({"dose_text": "one half"}, "One half milligrams, by mouth, twice a day"),
    ],
)
def test_how_to_take_a_medicine_reads(changes: dict, words: str) -> None:
    assert how_to_take(medicine(**changes)) == words


@pytest.mark.parametrize(
    ("delivered", "words"),
    [
        ("200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "Albuterol"),
        ("HYDROmorphone-HP", "Hydromorphone (high strength)"),
        ("Metoprolol Succinate XL", "Metoprolol Succinate (slow release)"),
        ("sevelamer CARBONATE", "Sevelamer carbonate"),
        ("Jolivette 28 Day Pack", "Jolivette"),
    ],
)
def test_a_medicine_has_a_short_name(delivered: str, words: str) -> None:
    assert short_name(delivered) == words


@pytest.mark.parametrize(
    ("delivered", "words"),
    [
        ("HbA1c below 7.5 %", "Long-term blood sugar below 7.5 percent"),
        ("Goal reached: 87 mg/dL", "Goal reached: 87 milligrams per decilitre"),
        ("Hypoxemia (disorder)", "Hypoxemia"),
        ("GRAM NEGATIVE ROD #3", "Gram negative rod, number 3"),
        ("la", "La"),
    ],
)
def test_a_short_text_is_spelled_out(delivered: str, words: str) -> None:
    assert spelled_out(delivered) == words


def test_people_and_places_are_named_as_one_calls_them() -> None:
    assert person_words("RN Ines Lunarioja") == "Nurse Ines Lunarioja"
    assert person_words("Jack927 Kshlerin58") == "Jack Kshlerin"
    assert place_words("HI-DESERT MEDICAL CENTER") == "Hi-Desert Medical Center"
    assert place_words("PCP120458") == ""


@pytest.mark.parametrize(
    ("started", "ended", "is_open", "words"),
    [
        ("2026-01-02 08:00", "2026-01-02 18:00", False, ""),
        (
            "2026-01-02 23:00",
            "2026-01-03 01:00",
            False,
            "until 3 January 2026 (1 night)",
        ),
        ("2026-01-02", "2026-01-04", False, "until 4 January 2026 (2 nights)"),
        ("2026-01-02", None, True, "it has not ended, as far as is known"),
        (None, "2026-01-04", False, ""),
    ],
)
def test_the_length_of_a_visit_reads(
    started: str | None,
    ended: str | None,
    is_open: bool,  # noqa: FBT001 - a case of the table above
    words: str,
) -> None:
    row = pd.Series(
        {
            "started_at": pd.Timestamp(started) if started else pd.NaT,
            "ended_at": pd.Timestamp(ended) if ended else pd.NaT,
            "is_open": is_open,
            "has_time_conflict": False,
        }
    )
    assert length_words(row) == words


def test_looks_are_counted_by_day_person_and_deed() -> None:
    look = {
        "happened_at": pd.Timestamp("2026-06-01 14:02"),
        "person_name": "Dr. One",
        "role_code": "doctor",
        "action": "read",
        "subject": "chart",
        "result": "ok",
    }
    others = pd.DataFrame(
        [
            look,
            look,
            look | {"result": "denied", "role_code": "nurse", "person_name": "Nurse"},
            look | {"action": "dance", "subject": "x", "person_name": None},
            look | {"role_code": "operator"},
        ],
        dtype=object,
    )
    assert worded(others)[["who", "deed", "times"]].to_numpy().tolist() == [
        ["Dr. One, doctor", "read your chart", 2],
        ["Nurse, nurse", "tried to read your chart, and was shown nothing", 1],
        ["A person without an account here, doctor", "worked with your record", 1],
        ["Dr. One, somebody who runs this system", "read your chart", 1],
    ]


@pytest.mark.parametrize(
    "planted",
    [
        "LOINC 2823-3",
        "Potassium 2823-3",
        "44054006",
        "Diabetes E11.9",
        "I10",
        "NSTEMI",
        "4.2 mmol/L",
        "4.2",
        "Range 3.5 to 5.0",
        "20 mg by mouth",
        "PO/NG",
        "7.5 %",
        "INDETERMINATE",
        "far_above",
        "nan",
        "slope 0.2 per year",
        "risk 12 percent, score 0.31",
    ],
)
def test_a_planted_code_abbreviation_or_number_is_found(planted: str) -> None:
    assert findings(planted)


@pytest.mark.parametrize(
    "plain",
    [
        "Newest result: 3 November 2026",
        "4.2 millimoles per litre",
        "3.5 to 5 millimoles per litre",
        "**7.4 (a plain number, without a unit)**",
        "Cholesterol that can narrow the vessels (LDL)",
        "12 earlier",
        "Dr. One, doctor: read your chart, 3 times",
    ],
)
def test_plain_text_is_not_found(plain: str) -> None:
    assert findings(plain) == []
