"""Correcting entries: what may be corrected as such, and what was made in error.

What has an action of its own, such as another dose, is not corrected here. Facts that
another system delivered are corrected there.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.catalogue import listed_signs, scores, vital_signs
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.measuring import answer_text, value_text
from pipelines.record.actions.ordering import is_open
from pipelines.record.actions.permissions import require
from pipelines.record.actions.requirements import (
    correction,
    filled,
    past,
    refuse,
    standing,
)
from pipelines.record.actions.saving import patients_of, refuse_foreign, save
from pipelines.record.permissions import (
    CORRECT,
    CORRECT_OWN,
    Permission,
    actions_on,
)
from pipelines.settings import Settings

# Which columns a correction may change, by feed, with their names for people.
CORRECTABLE: Mapping[str, Mapping[str, str]] = {
    "notes": {"note_text": "Text"},
    "conditions": {"started_at": "Since"},
    "care_plans": {"goal_text": "Goal", "outcome_text": "Outcome"},
    "allergies": {
        "criticality_code": "Criticality",
        "reaction_1_name": "Reaction",
        "reaction_1_severity_code": "Severity",
    },
    "family_history": {"onset_age_years": "Age at onset", "comment_text": "Comment"},
    "social_history": {"value_text": "Answer"},
    "vital_signs": {"value_text": "Value", "measured_at": "Measured"},
    "questionnaire_responses": {"answer_text": "Score", "answered_at": "Answered"},
    "administrations": {
        "dose_text": "Dose",
        "administered_at": "Time",
    },
    "lab_orders": {"question_text": "Question"},
    "referrals": {"question_text": "Question"},
    "prescriptions": {"quantity": "Quantity", "days_supply": "Days of supply"},
    "appointments": {"reason_text": "Reason"},
}
# Entered in error must not be what ends a medicine or an order that is under way.
NEEDED = frozenset({"note_text", "value_text", "answer_text", "goal_text", "dose_text"})
IN_THE_PAST = frozenset({"started_at", "measured_at", "answered_at", "administered_at"})


def correct(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    values: Mapping[str, Any],
    reason: str,
) -> list[UUID]:
    """Put other values in the place of an entry's; the old version stays.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, seen.feed)
    allowed = CORRECTABLE.get(seen.feed, {})
    for name, value in values.items():
        if name not in allowed:
            refuse(f"{name} is not corrected as such")
        _check_value(name, value)
    if seen.feed == "lab_orders" and not is_open(seen):
        refuse("this order is done with")
    action = _action_for(settings, person, seen)
    change = correction(action.action, seen, _as_recorded(seen, values), reason)
    if seen.feed == "notes":
        texts = {**change.values, "status_code": "corrected"}
        change = Change(change.action, seen.patient_key, texts, seen, reason)
    return save(settings, person, [change])


def enter_in_error(
    settings: Settings, person: Person, seen: Entry, *, reason: str
) -> list[UUID]:
    """Say that an entry should never have been made; it stays readable as such.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    standing(seen, seen.feed)
    filled(reason, "the reason")
    action = _action_for(settings, person, seen)
    change = Change(
        action.action, seen.patient_key, {}, seen, reason, is_entered_in_error=True
    )
    return save(settings, person, [change])


def _action_for(settings: Settings, person: Person, seen: Entry) -> Permission:
    """Return the action by which a person may correct an entry; else it is audited.

    Raises:
        ActionError: there is none for the role, or the entry is somebody else's.
    """
    possible = actions_on(seen.feed, CORRECT, CORRECT_OWN)
    if not possible:
        refuse("this is not corrected here")
    allowed = [each for each in possible if each.allows(person.role)]
    if not allowed:
        require(settings, person, possible[0].action, patients_of(seen))
    if not is_own(person, seen) and all(each.verb != CORRECT for each in allowed):
        refuse_foreign(settings, person, allowed[0].action, seen)
    return allowed[0]


def is_own(person: Person, entry: Entry) -> bool:
    """Return whether a person wrote the newest version of an entry."""
    return entry.changed_by_user_id == person.user_id


def _check_value(name: str, value: Any) -> None:
    if name in NEEDED:
        filled(value if isinstance(value, str) else str(value or ""), name)
    if name in IN_THE_PAST:
        if not isinstance(value, datetime):
            refuse(f"{name} is missing")
        past(value, name)


def _as_recorded(seen: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they are recorded; measured ones must be possible."""
    recorded = dict(values)
    for name, code, measures in (
        ("value_text", seen.values.get("observation_code"), vital_signs()),
        ("answer_text", seen.values.get("question_code"), scores()),
    ):
        if name in recorded and code in measures:
            recorded[name] = value_text(measures[code], _number(recorded[name]))
    sign = listed_signs().get(seen.values.get("observation_code"))
    if sign and "value_text" in recorded:
        recorded["value_text"] = answer_text(sign, str(recorded["value_text"]))
    return recorded


def _number(text: Any) -> Decimal:
    try:
        return Decimal(str(text).strip())
    except InvalidOperation:
        refuse("the value is no number")
