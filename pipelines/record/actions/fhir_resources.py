"""Entries of the record as FHIR R4 resources, without ids and references."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from pipelines.record.actions.entry import Entry
from pipelines.record.actions.fhir_parts import (
    NO_VALUE,
    NOT_KNOWN,
    TERMINOLOGY,
    Resource,
    at_text,
    coded,
    concept,
    filled,
    period,
    statuses,
)

CLASSES = {"inpatient": "IMP", "ward_stay": "IMP", "service_stay": "IMP",
           "observation": "OBSENC", "emergency": "EMER", "outpatient": "AMB",
           "ambulatory": "AMB", "office": "AMB", "wellness": "AMB",
           "urgentcare": "AMB", "urgent_care": "AMB", "home": "HH",
           "virtual": "VR"}  # fmt: skip
# A class that the list does not know is not known, and no visit to a practice.
UNKNOWN_CLASS = {"system": f"{TERMINOLOGY}/v3-NullFlavor", "code": "UNK"}
VISITS = frozenset({"planned", "arrived", "triaged", "in-progress", "onleave",
                    "finished", "cancelled", "entered-in-error"})  # fmt: skip
VACCINATIONS = frozenset({"completed", "not-done", "entered-in-error"})
ANSWERED = frozenset({"approved", "denied", "done", "withdrawn"})
# What patients ask for is a proposal; what became of it, and in which words.
WISHES = {"requested": "active", "approved": "completed", "done": "completed",
          "denied": "cancelled", "withdrawn": "cancelled"}  # fmt: skip
REQUESTS = {"active": "active", "stopped": "stopped", "cancelled": "cancelled",
            "completed": "completed", "replaced": "stopped", "on-hold": "on-hold",
            "on_hold": "on-hold"}  # fmt: skip
PLANS = {"active": "active", "completed": "completed", "revoked": "revoked",
         "on-hold": "on-hold"}  # fmt: skip
CRITICALITIES = frozenset({"low", "high", "unable-to-assess"})


def _encounter(entry: Entry) -> Resource:
    values = entry.values
    code = CLASSES.get((values["encounter_class_code"] or "").strip().lower())
    known = {"system": f"{TERMINOLOGY}/v3-ActCode", "code": code}
    status = (values["status_code"] or "").strip().lower().replace("_", "-")
    by_time = "in-progress" if values["ended_at"] is None else "finished"
    return {
        "resourceType": "Encounter",
        "status": status if status in VISITS else by_time,
        "class": known if code else UNKNOWN_CLASS,
        "type": [{"text": values["encounter_type_name"]}]
        if values["encounter_type_name"]
        else None,
        "reasonCode": [{"text": values["reason_name"]}]
        if values["reason_name"]
        else None,
        "period": period(values),
    }


def _condition(entry: Entry) -> Resource:
    values = entry.values
    return {
        "resourceType": "Condition",
        **statuses(values, "condition"),
        "code": coded(values, "condition_code", "condition_name"),
        "onsetDateTime": at_text(values["started_at"]),
        "abatementDateTime": at_text(values["ended_at"]),
    }


def _allergy(entry: Entry) -> Resource:
    values = entry.values
    reaction = values["reaction_1_name"]
    criticality = (values["criticality_code"] or "").lower()
    return {
        "resourceType": "AllergyIntolerance",
        **statuses(values, "allergyintolerance"),
        "code": coded(values, "substance_code", "substance_name"),
        "criticality": criticality if criticality in CRITICALITIES else None,
        "onsetDateTime": at_text(values["started_at"]),
        "reaction": [{"manifestation": [{"text": reaction}]}] if reaction else None,
    }


def _prescription(entry: Entry) -> Resource:
    values = entry.values
    dosage = [values[name] for name in ("dose_text", "dose_unit", "frequency_text",
                                        "route_code")]  # fmt: skip
    told = " ".join(str(part) for part in dosage if part)
    return {
        "resourceType": "MedicationRequest",
        "status": REQUESTS.get((values["status_code"] or "").lower(), "unknown"),
        "intent": "order",
        "medicationCodeableConcept": coded(values, "drug_code", "drug_name"),
        "authoredOn": at_text(values["started_at"]),
        "dosageInstruction": [{"text": told}] if told else None,
    }


def _wish(entry: Entry) -> Resource:
    values = entry.values
    status = values["status_code"]
    kind = (values["request_type_code"] or "").replace("_", " ")
    return {
        "resourceType": "MedicationRequest",
        "status": WISHES.get(status, "unknown"),
        "statusReason": {"text": status} if status in ANSWERED else None,
        "intent": "proposal",
        "category": [{"text": kind}] if kind else None,
        "medicationCodeableConcept": coded(values, "drug_code", "drug_name"),
        "authoredOn": at_text(values["requested_at"]),
    }


def _immunization(entry: Entry) -> Resource:
    at = at_text(entry.values["administered_at"])
    when = {"occurrenceDateTime": at} if at else {"occurrenceString": "unknown"}
    return {
        "resourceType": "Immunization",
        **_vaccinated(entry.values["status_code"]),
        "vaccineCode": coded(entry.values, "vaccine_code", "vaccine_name"),
        **when,
    }


def _vaccinated(delivered: str | None) -> Resource:
    """Return whether a vaccination was given; it is never guessed that it was."""
    status = (delivered or "completed").strip().lower().replace("_", "-")
    if status in VACCINATIONS:
        return {"status": status}
    return {"_status": {"extension": [NOT_KNOWN]}}


def _procedure(entry: Entry) -> Resource:
    started_at = entry.values["started_at"]
    is_begun = started_at is not None and started_at <= datetime.now(UTC)
    return {
        "resourceType": "Procedure",
        # The record holds what was done; of what is to come it says nothing more.
        "status": "completed" if is_begun else "unknown",
        "code": coded(entry.values, "procedure_code", "procedure_name"),
        "performedPeriod": period(entry.values),
    }


def _plan(entry: Entry) -> Resource:
    values = entry.values
    return {
        "resourceType": "CarePlan",
        "status": PLANS.get((values["status_code"] or "").lower(), "unknown"),
        "intent": "plan",
        "title": values["plan_name"],
        "description": values["goal_text"],
        "period": period(values),
    }


def _vital_sign(entry: Entry) -> Resource:
    values = entry.values
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [concept("vital-signs", "observation-category")],
        "code": coded(values, "observation_code", "observation_name"),
        "effectiveDateTime": at_text(values["measured_at"]),
        **_measured(values["value_text"], values["unit"]),
    }


def _measured(text: str | None, unit: str | None) -> Resource:
    """Return a measured value: as a quantity if it is a number, else in its words."""
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        number = None
    if number is not None and number.is_finite():
        return {"valueQuantity": filled({"value": float(number), "unit": unit})}
    words = " ".join(part for part in (text, unit) if part)
    return {"valueString": words} if words else {"dataAbsentReason": NO_VALUE}


MAKERS: Mapping[str, Callable[[Entry], Resource]] = {
    "encounters": _encounter,
    "conditions": _condition,
    "allergies": _allergy,
    "prescriptions": _prescription,
    "medication_requests": _wish,
    "immunizations": _immunization,
    "procedures": _procedure,
    "care_plans": _plan,
    "vital_signs": _vital_sign,
}
