"""What runs in a family: likelier where the patient has it, too."""

from pipelines.record.simulator.conditions import CHRONIC
from pipelines.record.simulator.facts import Facts

# ICD-10-CM, name, share of relatives, factor where the patient has it, age at onset.
# fmt: off
_RUNS = {
    "hypertension": ("I10", "Essential (primary) hypertension", 0.12, 2.0, (38, 68)),
    "diabetes": ("E11.9", "Type 2 diabetes mellitus without complications", 0.06, 4.0,
                 (40, 70)),
    "coronary_disease": ("I25.10", CHRONIC["coronary_disease"].name, 0.05, 3.5,
                         (45, 75)),
    "depression": ("F32.A", "Depression, unspecified", 0.04, 3.0, (20, 55)),
    "hypothyroidism": ("E03.9", "Hypothyroidism, unspecified", 0.03, 3.0, (30, 60)),
    "colon_cancer": ("C18.9", "Malignant neoplasm of colon, unspecified", 0.02, 1.0,
                     (48, 78)),
    "breast_cancer": ("C50.919", "Malignant neoplasm of unspecified site of "
                      "unspecified female breast", 0.02, 1.0, (42, 76)),
}
# fmt: on
# Relative, and how much older they can be than the patient.
RELATIVES = {"mother": 40, "father": 45, "sibling": 8}
KILLS = frozenset({"coronary_disease", "colon_cancer", "breast_cancer"})
ONLY_WOMEN = frozenset({"breast_cancer"})
COMMENT_SHARE = 0.25
ASKED_SHARE = 0.8  # of adults who come; children's families are seldom asked
CHILD_ASKED_SHARE = 0.3
_COMMENTS = (
    "Still under treatment, as far as the patient knows.",
    "Patient is not sure about the age.",
    "Told by {name} at registration.",
)
_YEARS_ILL = (3, 12)


def write_family_history(facts: Facts) -> None:
    """Write which relative has what, as told at the first visit."""
    person, chances = facts.case.person, facts.chances
    is_child = person.is_child_at(facts.end)
    share = CHILD_ASKED_SHARE if is_child else ASKED_SHARE
    if not facts.visits or not chances.happens(share):
        return
    for relative in RELATIVES:
        for disease, (_, _, usual, factor, _) in _RUNS.items():
            is_man = relative == "father"
            likely = usual * (factor if disease in person.onsets else 1.0)
            if chances.happens(likely) and not (is_man and disease in ONLY_WOMEN):
                _write(facts, relative, disease)


def _write(facts: Facts, relative: str, disease: str) -> None:
    code, name, _, _, ages = _RUNS[disease]
    chances, person = facts.chances, facts.case.person
    visit = facts.visits[0]
    told = visit["started_at"] + 12
    oldest = int(person.age_at(told)) + RELATIVES[relative]
    onset = chances.whole(*ages)
    if onset > oldest:
        return  # they are not old enough yet
    comment = None
    if chances.happens(COMMENT_SHARE):
        comment = chances.pick(_COMMENTS).format(name=person.identity["given_name"])
    elif disease in KILLS and onset + max(_YEARS_ILL) < oldest:
        died = onset + chances.whole(*_YEARS_ILL)
        comment = f"Died of it at {died}."
    facts.write(
        "family_history",
        told,
        encounter_id=visit["record_id"],
        relationship_code=relative,
        condition_code=code,
        code_system="ICD-10-CM",
        condition_name=name,
        onset_age_years=onset if chances.happens(0.8) else None,
        status_code="completed",
        comment_text=comment,
        recorded_at=told,
    )
