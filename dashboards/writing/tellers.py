"""What each kind of entry says, in one line."""

from collections.abc import Callable
from typing import Any

from dashboards.chart.words import capitalised, date_text, number_text, time_text
from dashboards.chart.words import unit_text as printed
from dashboards.writing.local_time import local
from pipelines.record.actions.answering_requests import KINDS
from pipelines.record.actions.catalogue import listed_signs, scores, vital_signs
from pipelines.record.actions.entry import Values
from pipelines.record.actions.giving import STATUSES
from pipelines.record.actions.noting import TITLES
from pipelines.record.actions.taking_history import RELATIVES

LONGEST_QUOTE = 80


def dosage_words(values: Values) -> str:
    """Return a dosage, such as 500 mg, twice daily, oral."""
    amount = _joined(values["dose_text"], printed(values["dose_unit"]), mark=" ")
    return _joined(amount, values["frequency_text"], values["route_code"])


def quote(text: str | None) -> str:
    """Return the beginning of a text in one line."""
    line = " ".join((text or "").split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]} ..."


def _joined(*parts: Any, mark: str = ", ") -> str:
    return mark.join(str(part) for part in parts if part)


def _note(values: Values) -> str:
    kind = TITLES.get(values["note_type_code"], "Note")
    return f"{kind}: {quote(values['note_text'])}"


def _condition(values: Values) -> str:
    status = values["clinical_status_code"]
    if values["verification_status_code"] == "refuted":
        status = "refuted"
    name = capitalised(values["condition_name"]) or values["condition_code"]
    return _joined(f"{name} ({values['condition_code']})", status)


def _plan(values: Values) -> str:
    goal = f"goal {values['goal_text']}" if values["goal_text"] else ""
    outcome = f"outcome {values['outcome_text']}" if values["outcome_text"] else ""
    return _joined(
        capitalised(values["plan_name"]), values["status_code"], goal, outcome
    )


def _prescription(values: Values) -> str:
    return _joined(
        capitalised(values["drug_name"]), dosage_words(values), values["status_code"]
    )


def _dose(values: Values) -> str:
    status = STATUSES.get(values["status_code"], values["status_code"]).lower()
    amount = _joined(values["dose_text"], printed(values["dose_unit"]), mark=" ")
    return _joined(
        capitalised(values["drug_name"]),
        amount,
        f"{status} {time_text(local(values['administered_at']))}",
        capitalised(values["reason_name"]),
    )


def _request(values: Values) -> str:
    kind = KINDS.get(values["request_type_code"], values["request_type_code"])
    return _joined(
        f"Asked for {kind}", capitalised(values["drug_name"]), values["status_code"]
    )


def _order(values: Values) -> str:
    status = (values["status_code"] or "").replace("_", " ")
    return _joined(values["test_name"], values["priority_code"], status)


def _referral(values: Values) -> str:
    return _joined(
        f"Referral to {values['specialty_name']}",
        values["priority_code"],
        values["status_code"],
    )


def _appointment(values: Values) -> str:
    return _joined(
        values["appointment_type_name"] or "Appointment",
        time_text(local(values["starts_at"])) if values["starts_at"] else "",
        values["status_code"],
    )


def _vital_sign(values: Values) -> str:
    signs = {**vital_signs(), **listed_signs()}
    sign = signs.get(values["observation_code"])
    name = sign.name if sign else values["observation_name"]
    value = _joined(values["value_text"], printed(values["unit"]), mark=" ")
    return f"{name} {value}, {time_text(local(values['measured_at']))}"


def _score(values: Values) -> str:
    measure = scores().get(values["question_code"])
    name = measure.name if measure else values["question_name"]
    return f"{name}: {values['answer_text']}, {time_text(local(values['answered_at']))}"


def _allergy(values: Values) -> str:
    reaction = _joined(
        values["reaction_1_severity_code"],
        (values["reaction_1_name"] or "").lower(),
        mark=" ",
    )
    status = values["clinical_status_code"]
    if values["verification_status_code"] == "refuted":
        status = "refuted"
    return _joined(capitalised(values["substance_name"]), reaction, status)


def _family(values: Values) -> str:
    relative = RELATIVES.get(values["relationship_code"], values["relationship_code"])
    age = values["onset_age_years"]
    return _joined(
        f"{relative}: {capitalised(values['condition_name'])}",
        f"at {number_text(float(age))} years" if age is not None else "",
    )


def _social(values: Values) -> str:
    return f"{values['observation_name']}: {values['value_text']}"


def _correction(values: Values) -> str:
    return _joined(
        f"Asked to correct {values['subject_code'].replace('_', ' ')}",
        date_text(local(values["requested_at"])),
        values["status_code"],
    )


TELLERS: dict[str, Callable[[Values], str]] = {
    "notes": _note,
    "conditions": _condition,
    "care_plans": _plan,
    "prescriptions": _prescription,
    "administrations": _dose,
    "medication_requests": _request,
    "lab_orders": _order,
    "referrals": _referral,
    "appointments": _appointment,
    "vital_signs": _vital_sign,
    "questionnaire_responses": _score,
    "allergies": _allergy,
    "family_history": _family,
    "social_history": _social,
    "correction_requests": _correction,
}
