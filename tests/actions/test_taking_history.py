"""Allergies, family and social history, and what a site's lists hold."""

from datetime import timedelta
from decimal import Decimal

import pytest

from expectations.loinc import has_valid_check_digit
from pipelines.record.actions.catalogue import (
    doses_per_day,
    rows,
    scores,
    vital_signs,
    words_of_allergen,
    words_of_medicine,
)
from pipelines.record.actions.correcting import correct, enter_in_error
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.taking_history import (
    record_allergy,
    record_family_history,
    record_social_history,
    refute_allergy,
)
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE, NOT_MINE, NURSE, PATIENT, newest
from tests.clock import ago, from_now
from tests.versions import versions

PENICILLIN = {"substance": "7980", "category": "drug"}
MOTHER = {
    "relative": "mother",
    "code": "E11.9",
    "code_system": "ICD-10-CM",
    "name": "Type 2 diabetes mellitus",
}
TOBACCO = "72166-2"


def test_an_allergy_is_written_with_its_reaction(ward: Settings) -> None:
    record_allergy(
        ward,
        NURSE,
        MINE,
        **PENICILLIN,
        criticality="high",
        reactions=[("Hives", "severe")],
    )
    values = newest(ward, "allergies").values

    assert values["substance_name"] == "Penicillin G"
    assert values["code_system"] == "RxNorm"
    assert values["criticality_code"] == "high"
    assert (values["reaction_1_name"], values["reaction_1_severity_code"]) == (
        "Hives",
        "severe",
    )
    assert values["clinical_status_code"] == "active"


def test_a_substance_that_is_not_listed_is_written_by_its_name(ward: Settings) -> None:
    record_allergy(ward, NURSE, MINE, substance="  Kiwi  fruit ", category="food")
    values = newest(ward, "allergies").values

    assert values["substance_name"] == "Kiwi fruit"
    assert values["code_system"] == "LOCAL"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"substance": " "}, "the substance is missing"),
        ({"category": "planet"}, "the category is none of"),
        ({"kind": "dislike"}, "the kind is none of"),
        ({"criticality": "medium"}, "the criticality is none of"),
        ({"reactions": [("Hives", "bad")]}, "the severity is none of"),
        ({"reactions": [("", "mild")]}, "the reaction is missing"),
        ({"reactions": [("Hives", "mild")] * 3}, "room for 2"),
        ({"started_at": timedelta(days=1)}, "still to come"),
    ],
)
def test_no_allergy_is_written_that_cannot_be(
    ward: Settings, change: dict, why: str
) -> None:
    with pytest.raises(ActionError, match=why):
        record_allergy(ward, NURSE, MINE, **PENICILLIN | from_now(change))

    assert versions(ward, "allergies") == 0


def test_history_is_taken_of_own_patients_by_nurses_and_doctors(ward: Settings) -> None:
    for take in (
        lambda person, key: record_allergy(ward, person, key, **PENICILLIN),
        lambda person, key: record_family_history(ward, person, key, **MOTHER),
        lambda person, key: record_social_history(
            ward, person, key, habit=TOBACCO, answer="Never smoker"
        ),
    ):
        take(NURSE, MINE)
        take(DOCTOR, NOT_MINE)
        with pytest.raises(ActionError, match="not a patient for whom"):
            take(NURSE, NOT_MINE)
        with pytest.raises(ActionError, match="your role, patient, may not"):
            take(PATIENT, MINE)


def test_a_disproved_allergy_stays_readable_as_refuted(ward: Settings) -> None:
    record_allergy(ward, NURSE, MINE, **PENICILLIN)
    allergy = newest(ward, "allergies")
    refute_allergy(ward, DOCTOR, allergy, reason="skin test negative")
    refuted = newest(ward, "allergies")

    assert refuted.values["verification_status_code"] == "refuted"
    assert refuted.values["substance_name"] == "Penicillin G"
    with pytest.raises(ActionError, match="nothing would change"):
        refute_allergy(ward, DOCTOR, refuted, reason="again")
    with pytest.raises(ActionError, match="somebody changed"):
        refute_allergy(ward, NURSE, allergy, reason="again")
    enter_in_error(ward, NURSE, refuted, reason="another patient's")
    with pytest.raises(ActionError, match="made in error"):
        refute_allergy(ward, DOCTOR, newest(ward, "allergies"), reason="again")


def test_a_relatives_condition_is_written_with_its_age(ward: Settings) -> None:
    record_family_history(
        ward, NURSE, MINE, **MOTHER, onset_age=Decimal(52), comment="on insulin"
    )
    values = newest(ward, "family_history").values

    assert (values["relationship_code"], values["onset_age_years"]) == ("mother", 52)
    assert values["comment_text"] == "on insulin"
    for change, why in (
        ({"onset_age": Decimal(121)}, "at that age"),
        ({"onset_age": Decimal(-1)}, "at that age"),
        ({"relative": "neighbour"}, "the relative is none of"),
        ({"code": ""}, "the condition is missing"),
    ):
        with pytest.raises(ActionError, match=why):
            record_family_history(ward, NURSE, MINE, **MOTHER | change)


def test_a_question_has_its_listed_answers(ward: Settings) -> None:
    record_social_history(ward, NURSE, MINE, habit=TOBACCO, answer="Former smoker")
    record_social_history(ward, NURSE, MINE, habit="11341-5", answer="Potter")

    assert newest(ward, "social_history").values["value_text"] == "Potter"
    for habit, answer, why in (
        (TOBACCO, "Sometimes", "the answer is none of"),
        ("11341-5", " ", "the answer is missing"),
        ("1-8", "yes", "not in the catalogue"),
    ):
        with pytest.raises(ActionError, match=why):
            record_social_history(ward, NURSE, MINE, habit=habit, answer=answer)

    assert versions(ward, "social_history") == 2


def test_an_answer_is_corrected_by_who_asked(ward: Settings) -> None:
    record_social_history(ward, NURSE, MINE, habit=TOBACCO, answer="Former smoker")
    answer = newest(ward, "social_history")
    with pytest.raises(ActionError, match="only its author"):
        correct(ward, DOCTOR, answer, values={"value_text": "Never"}, reason="misheard")
    with pytest.raises(ActionError, match="not corrected as such"):
        correct(
            ward, NURSE, answer, values={"observed_at": ago(days=1)}, reason="misheard"
        )


@pytest.mark.parametrize(
    ("substance", "medicine", "is_matched"),
    [
        ("Penicillin G", "amoxicillin 500 MG Oral Capsule", True),
        ("penicillin", "piperacillin 4000 MG / tazobactam 500 MG Injection", True),
        ("Amoxicillin", "amoxicillin 80 MG/ML Oral Suspension", True),
        ("Aspirin", "ibuprofen 400 MG Oral Tablet", True),
        ("Sulfamethoxazole / Trimethoprim", "sulfamethoxazole 400 MG", True),
        ("Penicillin G", "metformin hydrochloride 500 MG Oral Tablet", False),
        ("Peanut", "amlodipine 5 MG Oral Tablet", False),
        ("Oral polio vaccine", "apixaban 5 MG Oral Tablet", False),
    ],
)
def test_an_allergy_matches_medicines_of_its_group(
    substance: str,
    medicine: str,
    is_matched: bool,  # noqa: FBT001
) -> None:
    matches = words_of_allergen(substance) & words_of_medicine(medicine)

    assert bool(matches) == is_matched


def test_the_lists_hold_codes_of_their_systems() -> None:
    codes = [
        *vital_signs(),
        *scores(),
        *(
            each["test_code"]
            for each in rows("orders")
            if each["code_system"] == "LOINC"
        ),
        *(
            each["observation_code"]
            for each in rows("habits")
            if each["code_system"] == "LOINC"
        ),
    ]

    assert [code for code in codes if not has_valid_check_digit(code)] == []


def test_every_frequency_of_the_formulary_is_a_number() -> None:
    for each in rows("medicines"):
        assert doses_per_day(each["frequency_code"]) is not None, each["drug_name"]


def test_usual_limits_lie_within_the_possible_ones() -> None:
    for each in (*vital_signs().values(), *scores().values()):
        low, high = each.possible

        assert low <= each.usual[0] <= each.usual[1] <= high, each.name
