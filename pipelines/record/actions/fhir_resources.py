"""Entries of the record as FHIR R4 resources, without ids and references."""

from collections.abc import Callable, Mapping

from pipelines.record.actions.entry import Entry
from pipelines.record.actions.fhir_parts import (
    TERMINOLOGY,
    Resource,
    at_text,
    coded,
    concept,
    period,
    statuses,
)

CLASSES = {"inpatient": "IMP", "emergency": "EMER", "outpatient": "AMB",
           "ambulatory": "AMB"}  # fmt: skip
REQUESTS = {"active": "active", "stopped": "stopped", "cancelled": "cancelled",
            "completed": "completed", "replaced": "stopped", "on-hold": "on-hold",
            "on_hold": "on-hold"}  # fmt: skip
PLANS = {"active": "active", "completed": "completed", "revoked": "revoked",
         "on-hold": "on-hold"}  # fmt: skip
CRITICALITIES = frozenset({"low", "high", "unable-to-assess"})


def _encounter(entry: Entry) -> Resource:
    values = entry.values
    code = CLASSES.get((values["encounter_class_code"] or "").lower(), "AMB")
    return {
        "resourceType": "Encounter",
        "status": "in-progress" if values["ended_at"] is None else "finished",
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": code},
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


def _immunization(entry: Entry) -> Resource:
    at = at_text(entry.values["administered_at"])
    when = {"occurrenceDateTime": at} if at else {"occurrenceString": "unknown"}
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": coded(entry.values, "vaccine_code", "vaccine_name"),
        **when,
    }


def _procedure(entry: Entry) -> Resource:
    return {
        "resourceType": "Procedure",
        "status": "completed",
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
        "valueString": " ".join(
            part for part in (values["value_text"], values["unit"]) if part
        ),
    }


MAKERS: Mapping[str, Callable[[Entry], Resource]] = {
    "encounters": _encounter,
    "conditions": _condition,
    "allergies": _allergy,
    "prescriptions": _prescription,
    "immunizations": _immunization,
    "procedures": _procedure,
    "care_plans": _plan,
    "vital_signs": _vital_sign,
}
