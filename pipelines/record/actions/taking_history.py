"""Allergies, family and social history, as patients tell them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.catalogue import row
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    past,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

KINDS = {"allergy": "Allergy", "intolerance": "Intolerance"}
CATEGORIES = {"drug": "Medicine", "food": "Food", "environment": "Environment"}
CRITICALITIES = {"high": "High", "low": "Low", "unable-to-assess": "Not known"}
SEVERITIES = {"mild": "Mild", "moderate": "Moderate", "severe": "Severe"}
RELATIVES = {
    "mother": "Mother",
    "father": "Father",
    "sister": "Sister",
    "brother": "Brother",
    "daughter": "Daughter",
    "son": "Son",
    "grandmother": "Grandmother",
    "grandfather": "Grandfather",
    "aunt": "Aunt",
    "uncle": "Uncle",
}
OLDEST = 120
MOST_REACTIONS = 2
UNLISTED = "LOCAL"


def record_allergy(  # noqa: PLR0913 - what an allergy consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    substance: str,
    category: str,
    kind: str = "allergy",
    criticality: str = "unable-to-assess",
    reactions: Sequence[tuple[str, str]] = (),
    started_at: datetime | None = None,
) -> list[UUID]:
    """Write down an allergy to a listed substance, by its code, or to another by name.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    if len(reactions) > MOST_REACTIONS:
        refuse(f"there is room for {MOST_REACTIONS} reactions")
    values = {
        **_substance(filled(substance, "the substance")),
        "type_code": one_of(kind, KINDS, "the kind"),
        "category_code": one_of(category, CATEGORIES, "the category"),
        "criticality_code": one_of(criticality, CRITICALITIES, "the criticality"),
        "clinical_status_code": "active",
        "verification_status_code": "confirmed",
        "started_at": past(started_at or now(), "the beginning"),
    }
    for number, (name, severity) in enumerate(reactions, start=1):
        values[f"reaction_{number}_name"] = filled(name, "the reaction")
        values[f"reaction_{number}_severity_code"] = one_of(
            severity, SEVERITIES, "the severity"
        )
    return save(settings, person, [Change("record allergy", patient_key, values)])


def refute_allergy(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Say that an allergy was disproved; it stays readable as refuted.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, "allergies")
    values = {
        "verification_status_code": "refuted",
        "clinical_status_code": "inactive",
    }
    return save(settings, person, [correction("correct allergy", seen, values, reason)])


def record_family_history(  # noqa: PLR0913 - what it consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    relative: str,
    code: str,
    code_system: str,
    name: str,
    onset_age: Decimal | int | None = None,
    comment: str = "",
) -> list[UUID]:
    """Write down a condition of a relative.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    if onset_age is not None and not 0 <= onset_age <= OLDEST:
        refuse("nobody falls ill at that age")
    values = {
        "relationship_code": one_of(relative, RELATIVES, "the relative"),
        "condition_code": filled(code, "the condition"),
        "code_system": code_system,
        "condition_name": filled(name, "the name of the condition"),
        "onset_age_years": None if onset_age is None else Decimal(onset_age),
        "status_code": "completed",
        "comment_text": comment.strip() or None,
        "recorded_at": now(),
    }
    change = Change("record family history", patient_key, without_nothing(values))
    return save(settings, person, [change])


def record_social_history(
    settings: Settings, person: Person, patient_key: int, *, habit: str, answer: str
) -> list[UUID]:
    """Write down how a patient lives; listed answers alone, where there is a list.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    listed = row("habits", "observation_code", habit)
    if listed is None:
        refuse("this question is not in the catalogue")
    answers = answers_of(habit)
    values = {
        **{name: listed[name] for name in ("observation_code", "code_system")},
        "observation_name": listed["observation_name"],
        "value_text": one_of(answer, answers, "the answer")
        if answers
        else filled(answer, "the answer"),
        "observed_at": now(),
    }
    change = Change("record social history", patient_key, values)
    return save(settings, person, [change])


def answers_of(habit: str) -> list[str]:
    """Return the listed answers to a question; none where any text is one."""
    listed = row("habits", "observation_code", habit)
    texts = listed["answers"].split(";") if listed else []
    return [text.strip() for text in texts if text.strip()]


def _substance(substance: str) -> dict[str, str]:
    listed = row("allergens", "substance_code", substance)
    if listed is None:
        name = " ".join(substance.split())
        return {
            "substance_code": name.lower(),
            "code_system": UNLISTED,
            "substance_name": name,
        }
    names = ("substance_code", "code_system", "substance_name")
    return {name: listed[name] for name in names}
