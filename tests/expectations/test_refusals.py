"""Which rows are refused, which only counted: worked out by hand, feed by feed."""

from datetime import UTC, datetime

import pytest

from expectations.catalogue import SUITES
from expectations.runner import Evaluation
from tests.expectations.rows import example

AS_OF = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
ORDER = "expect_column_pair_values_a_to_be_greater_than_b"
NOT_MATCH = "expect_column_values_to_not_match_regex"
MATCH = "expect_column_values_to_match_regex"
LENGTH = "expect_column_value_lengths_to_be_between"


def judge(feed: str, **changes: str | None) -> tuple[list[str], list[str]]:
    """Return the rules that refuse the row, and those that only count it."""
    evaluation = Evaluation(SUITES[feed], as_of=AS_OF)
    verdict = evaluation.add(example(feed, **changes))
    refusing = [name for names in verdict.rules.to_list() for name in names]
    broken = [
        result["expectation_config"]["meta"]["rule"]
        for result in evaluation.results()
        if not result["success"]
        and "mostly" not in result["expectation_config"]["kwargs"]
    ]
    counted = [name for name in broken if name not in refusing]
    prefix = f"{feed}:"
    return (
        [name.removeprefix(prefix) for name in refusing],
        [name.removeprefix(prefix) for name in counted],
    )


@pytest.mark.parametrize("feed", sorted(SUITES.keys() - {"identity_statements"}))
def test_the_example_of_the_contract_breaks_no_rule(feed: str) -> None:
    changes = {"surviving_patient_id": "P2"} if feed == "patient_links" else {}
    if feed == "imaging_studies":
        changes = {"instance_uid": "1.2.840.1"}
    assert judge(feed, **changes) == ([], [])


REFUSED = [
    ("lab_results", {"source_patient_id": None}, f"{NOT_NULL}:source_patient_id"),
    ("lab_results", {"test_code": None}, f"{NOT_NULL}:test_code"),
    ("lab_results", {"collected_at": None}, f"{NOT_NULL}:collected_at"),
    (
        "lab_results",
        {"collected_at": "1899-12-31T23:59:59Z"},
        f"{BETWEEN}:collected_at",
    ),
    (
        "lab_results",
        {"collected_at": "2026-06-02T12:00:01Z"},
        f"{BETWEEN}:collected_at",
    ),
    ("lab_results", {"record_id": "x" * 256}, f"{LENGTH}:record_id"),
    ("lab_results", {"value_text": "x" * 100_001}, f"{LENGTH}:value_text"),
    ("lab_results", {"value_number": "100000000000001"}, f"{BETWEEN}:value_number"),
    (
        "lab_results",
        {"value_text": "123-45-6789"},
        f"{NOT_MATCH}:value_text:identifier",
    ),
    (
        "lab_results",
        {"value_text": "ada@example.org"},
        f"{NOT_MATCH}:value_text:identifier",
    ),
    (
        "questionnaire_responses",
        {"answer_text": "call (617) 555-0100"},
        f"{NOT_MATCH}:answer_text:identifier",
    ),
    (
        "lab_results",
        {"test_code": "56799-0"},
        "expect_column_values_to_not_be_in_set:test_code",
    ),
    (
        "questionnaire_responses",
        {"question_name": "What address do you live at?"},
        f"{NOT_MATCH}:question_name:address",
    ),
    (
        "vital_signs",
        {"observation_code": "8310-5", "value_text": "371"},
        f"{NOT_MATCH}:value_text:temperature",
    ),
    (
        "vital_signs",
        {"observation_code": "8310-5", "value_text": "330"},
        f"{NOT_MATCH}:value_text:temperature",
    ),
    ("vital_signs", {"value_text": "1000"}, f"{NOT_MATCH}:value_text:rate_or_pressure"),
    ("vital_signs", {"value_text": "1280"}, f"{NOT_MATCH}:value_text:rate_or_pressure"),
    ("vital_signs", {"value_text": "-5"}, f"{NOT_MATCH}:value_text:rate_or_pressure"),
    (
        "vital_signs",
        {"observation_code": "59408-5", "value_text": "101"},
        f"{NOT_MATCH}:value_text:saturation",
    ),
    (
        "vital_signs",
        {"observation_code": "3150-0", "value_text": "101"},
        f"{NOT_MATCH}:value_text:saturation",
    ),
    (
        "vital_signs",
        {"observation_code": "3151-8", "value_text": "-2"},
        f"{NOT_MATCH}:value_text:oxygen_flow",
    ),
    (
        "encounters",
        {"ended_at": "2026-03-02T08:29:59Z"},
        f"{ORDER}:ended_at+started_at",
    ),
    (
        "care_team",
        {"started_at": "2026-01-02", "ended_at": "2026-01-01"},
        f"{ORDER}:ended_at+started_at",
    ),
    ("care_plans", {"started_at": "1066-01-01"}, f"{BETWEEN}:started_at"),
    ("patients", {"birth_date": "1849-12-31"}, f"{BETWEEN}:birth_date"),
    ("patients", {"birth_date": "2026-06-03"}, f"{BETWEEN}:birth_date"),
    ("patients", {"birth_year": "2027"}, f"{BETWEEN}:birth_year"),
    (
        "patient_links",
        {"surviving_patient_id": "P2", "link_type_code": "join"},
        "expect_column_values_to_be_in_set:link_type_code",
    ),
]


@pytest.mark.parametrize(("feed", "changes", "rule"), REFUSED)
def test_a_row_that_cannot_be_a_true_fact_is_refused(
    feed: str, changes: dict[str, str | None], rule: str
) -> None:
    assert judge(feed, **changes)[0] == [rule]


COUNTED = [
    ("lab_results", {"reference_low": "6"}, f"{ORDER}:reference_high+reference_low"),
    (
        "lab_results",
        {"test_code": "2823-4"},
        "expect_column_values_to_pass_loinc_check_digit:test_code",
    ),
    (
        "lab_results",
        {"resulted_at": "2026-02-01T07:39:59Z"},
        f"{ORDER}:resulted_at+collected_at",
    ),
    ("conditions", {"started_at": "1840-12-31"}, f"{BETWEEN}:started_at"),
    ("conditions", {"ended_at": "2021-04-09"}, f"{ORDER}:ended_at+started_at"),
    ("conditions", {"condition_code": "11.9"}, f"{MATCH}:condition_code:ICD-10-CM"),
    (
        "conditions",
        {"condition_code": "S72.001AX"},
        f"{MATCH}:condition_code:ICD-10-CM",
    ),
    (
        "conditions",
        {"category_code": "chief complaint"},
        "expect_column_values_to_be_in_set:category_code",
    ),
    ("allergies", {"started_at": "2027-01-01"}, f"{BETWEEN}:started_at"),
    ("allergies", {"ended_at": "1999-05-31"}, f"{ORDER}:ended_at+started_at"),
    ("prescriptions", {"ended_at": "2026-01-09"}, f"{ORDER}:ended_at+started_at"),
    ("prescriptions", {"days_supply": "366"}, f"{BETWEEN}:days_supply"),
    ("prescriptions", {"quantity": "-1"}, f"{BETWEEN}:quantity"),
    ("dispenses", {"refill_number": "25"}, f"{BETWEEN}:refill_number"),
    ("patients", {"deceased_at": "2026-06-03"}, f"{BETWEEN}:deceased_at"),
    ("patients", {"sex_code": "Q"}, "expect_column_values_to_be_in_set:sex_code"),
    ("patients", {"family_name": "MÃ¼ller"}, f"{NOT_MATCH}:family_name:decoding"),
    ("immunizations", {"vaccine_code": "flu"}, f"{MATCH}:vaccine_code"),
    (
        "vital_signs",
        {"observation_code": "67775-7", "value_text": "15", "unit": None},
        f"{MATCH}:value_text:consciousness",
    ),
]


@pytest.mark.parametrize(("feed", "changes", "rule"), COUNTED)
def test_a_fact_with_one_wrong_part_lands_and_is_counted(
    feed: str, changes: dict[str, str | None], rule: str
) -> None:
    assert judge(feed, **changes) == ([], [rule])


KEPT = [
    ("lab_results", {"collected_at": "1900-01-01T00:00:00Z", "resulted_at": None}),
    ("lab_results", {"collected_at": "2026-06-02T12:00:00Z", "resulted_at": None}),
    ("lab_results", {"resulted_at": "2026-02-01T07:40:00Z"}),
    ("lab_results", {"value_number": "5400000000000", "unit": "/L"}),
    ("lab_results", {"value_number": "-780"}),
    ("lab_results", {"value_text": ">300", "value_number": None}),
    ("lab_results", {"value_text": "2026-02-01", "value_number": None}),
    ("lab_results", {"value_text": "1234567890", "value_number": None}),
    ("lab_results", {"reference_low": "5.0", "reference_high": "5.0"}),
    ("lab_results", {"record_id": "x" * 255}),
    ("lab_results", {"code_system": "mimic-labitems", "test_code": "50971"}),
    ("vital_signs", {"observation_code": "8310-5", "value_text": "101.1"}),
    ("vital_signs", {"observation_code": "8310-5", "value_text": "310.2", "unit": "K"}),
    ("vital_signs", {"observation_code": "8310-5", "value_text": "329.9"}),
    ("vital_signs", {"value_text": "999"}),
    ("vital_signs", {"observation_code": "8310-5", "value_text": "refused"}),
    ("vital_signs", {"observation_code": "59408-5", "value_text": "100"}),
    ("vital_signs", {"observation_code": "3150-0", "value_text": "100"}),
    ("vital_signs", {"observation_code": "3151-8", "value_text": "0"}),
    ("vital_signs", {"observation_code": "3151-8", "value_text": "2000"}),
    ("vital_signs", {"observation_code": "67775-7", "value_text": "Alert"}),
    ("vital_signs", {"observation_code": "29463-7", "value_text": "3400", "unit": "g"}),
    ("encounters", {"ended_at": "2026-03-02T08:30:00Z"}),
    ("encounters", {"ended_at": None}),
    ("conditions", {"condition_code": "E119"}),
    ("conditions", {"condition_code": "U07.1"}),
    ("conditions", {"condition_code": "S72.001A"}),
    ("conditions", {"code_system": "ICD-9-CM", "condition_code": "V4581"}),
    ("conditions", {"code_system": "lis", "condition_code": "anything"}),
    ("prescriptions", {"started_at": "2026-09-01", "ended_at": "2027-09-01"}),
    ("care_plans", {"started_at": "2026-09-01"}),
    ("patients", {"birth_date": "1850-01-01", "birth_year": "1850"}),
    ("patients", {"birth_date": "2026-06-02", "birth_year": "2026"}),
    ("questionnaire_responses", {"question_name": "How do you address worries?"}),
]


@pytest.mark.parametrize(("feed", "changes"), KEPT)
def test_what_may_be_true_breaks_no_rule(
    feed: str, changes: dict[str, str | None]
) -> None:
    assert judge(feed, **changes) == ([], [])


@pytest.mark.parametrize(
    ("code", "is_counted"),
    [("67775-7", False), ("8310-5", True), ("of-a-list-of-its-own", True)],
)
def test_only_what_is_told_in_words_needs_no_unit(
    code: str,
    is_counted: bool,  # noqa: FBT001
) -> None:
    evaluation = Evaluation(SUITES["vital_signs"], as_of=AS_OF)
    changes = {"observation_code": code, "value_text": "Alert", "unit": None}
    evaluation.add(example("vital_signs", **changes))
    broken = [
        result["expectation_config"]["meta"]["rule"]
        for result in evaluation.results()
        if not result["success"]
    ]

    assert (f"vital_signs:{NOT_NULL}:unit:share" in broken) == is_counted


def test_a_row_that_breaks_two_rules_names_both() -> None:
    refusing, _ = judge("lab_results", test_code=None, collected_at=None)
    assert refusing == [f"{NOT_NULL}:test_code", f"{NOT_NULL}:collected_at"]


def test_a_deletion_needs_its_patient_and_nothing_else() -> None:
    emptied = {"test_code": None, "collected_at": None, "is_deleted": "true"}
    assert judge("lab_results", **emptied) == ([], [])
    refusing, _ = judge("lab_results", **emptied, source_patient_id=None)
    assert refusing == [f"{NOT_NULL}:source_patient_id"]


def test_the_value_of_a_withdrawn_fact_is_not_judged() -> None:
    wrong = {"observation_code": "8310-5", "value_text": "371"}
    assert judge("vital_signs", **wrong, is_deleted="true") == ([], [])
    assert len(judge("vital_signs", **wrong, is_deleted="false")[0]) == 1
