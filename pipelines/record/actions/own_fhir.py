"""The own record as a FHIR R4 Bundle: every reference leads to an entry of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pipelines.access.people import Person
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.own_copy import OwnCopy, own_copy
from pipelines.settings import Settings

Resource = dict[str, Any]
NAMESPACE = UUID("7c7a8e0e-54a6-4b2c-9a55-2f6a1a0b7d11")
SYSTEMS = {
    "LOINC": "http://loinc.org",
    "SNOMED-CT": "http://snomed.info/sct",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "NDC": "http://hl7.org/fhir/sid/ndc",
}
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
CLASSES = {"inpatient": "IMP", "emergency": "EMER", "outpatient": "AMB",
           "ambulatory": "AMB"}  # fmt: skip
GENDERS = {"f": "female", "female": "female", "m": "male", "male": "male"}
REQUESTS = {"active": "active", "stopped": "stopped", "cancelled": "cancelled",
            "completed": "completed", "replaced": "stopped", "on-hold": "on-hold",
            "on_hold": "on-hold"}  # fmt: skip
PLANS = {"active": "active", "completed": "completed", "revoked": "revoked",
         "on-hold": "on-hold"}  # fmt: skip
CRITICALITIES = frozenset({"low", "high", "unable-to-assess"})


def download_fhir(settings: Settings, person: Person) -> bytes:
    """Return the own record as a Bundle, in JSON.

    Raises:
        ActionError: nothing was handed over; the message says why.
    """
    return json.dumps(bundle_of(own_copy(settings, person, "fhir")), indent=1).encode()


def bundle_of(copy: OwnCopy) -> Resource:
    """Return a copy of a record as a Bundle of type collection."""
    resources = [_patient(copy), *_of_entries(copy), *_of_results(copy)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": copy.made_at.isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"urn:uuid:{each['id']}", "resource": each}
            for each in resources
        ],
    }


def _id(kind: str, key: object) -> str:
    return str(uuid5(NAMESPACE, f"{kind}|{key}"))


def _patient(copy: OwnCopy) -> Resource:
    identity, profile = copy.identity, _profile(copy)
    name = {
        "family": identity.family_name,
        "given": [identity.given_name] if identity.given_name else None,
    }
    sex = str(profile.get("sex_code") or "").lower()
    born = profile.get("birth_date")
    number = {"value": identity.record_number}
    return _filled(
        {
            "resourceType": "Patient",
            "id": _id("patient", copy.patient_key),
            "identifier": [number] if identity.record_number else None,
            "name": [_filled(name)] if identity.family_name else None,
            "gender": GENDERS.get(sex, "unknown"),
            "birthDate": born.isoformat()[:10] if isinstance(born, date) else None,
        }
    )


def _profile(copy: OwnCopy) -> Mapping[str, Any]:
    """Return sex and birth date, of the id that the patient goes by."""
    own = [e for e in copy.entries["patients"] if e.patient_key == copy.patient_key]
    return own[0].values if own else {}


def _of_entries(copy: OwnCopy) -> Iterator[Resource]:
    visits = {
        name: _id("encounters", each.record_id)
        for each in copy.entries["encounters"]
        for name in (each.record_id, each.key)
    }
    subject = {"reference": f"urn:uuid:{_id('patient', copy.patient_key)}"}
    for feed, make in MAKERS.items():
        for each in copy.entries[feed]:
            made = make(each)
            whose = "patient" if feed in ("allergies", "immunizations") else "subject"
            made |= {"id": _id(feed, each.record_id), whose: subject}
            visit = visits.get(each.values.get("encounter_id") or "")
            if visit:
                made["encounter"] = {"reference": f"urn:uuid:{visit}"}
            yield _filled(made)


def _of_results(copy: OwnCopy) -> Iterator[Resource]:
    zone = ZoneInfo(copy.time_zone)
    subject = {"reference": f"urn:uuid:{_id('patient', copy.patient_key)}"}
    for row in copy.results:
        status = "corrected" if row.is_corrected else "final"
        taken = row.taken_at
        if taken is not None and taken.tzinfo is None:
            taken = taken.replace(tzinfo=zone)
        yield _filled(
            {
                "resourceType": "Observation",
                "id": _id("lab_results", row.lab_result_key),
                "status": status if row.is_final else "preliminary",
                "category": [_concept("laboratory", "observation-category")],
                "code": {"text": row.test_name or "Test without a name"},
                "subject": subject,
                "effectiveDateTime": _at(taken),
                **_value(row),
                "referenceRange": _range(row),
            }
        )


def _value(row: Any) -> Resource:
    if row.number_or_bound is not None:
        quantity = {
            "value": float(row.number_or_bound),
            "comparator": row.comparator or None,
            "unit": row.unit_words or None,
        }
        return {"valueQuantity": _filled(quantity)}
    words = row.value_words or row.value_text
    if words:
        return {"valueString": words}
    return {"dataAbsentReason": {"text": "No value was sent"}}


def _range(row: Any) -> list[Resource] | None:
    limits = {
        name: {"value": float(limit)}
        for name, limit in (("low", row.range_low), ("high", row.range_high))
        if limit is not None
    }
    return [limits] if limits else None


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
        "period": _period(values),
    }


def _condition(entry: Entry) -> Resource:
    values = entry.values
    return {
        "resourceType": "Condition",
        **_statuses(values, "condition"),
        "code": _coded(values, "condition_code", "condition_name"),
        "onsetDateTime": _at(values["started_at"]),
        "abatementDateTime": _at(values["ended_at"]),
    }


def _allergy(entry: Entry) -> Resource:
    values = entry.values
    reaction = values["reaction_1_name"]
    criticality = (values["criticality_code"] or "").lower()
    return {
        "resourceType": "AllergyIntolerance",
        **_statuses(values, "allergyintolerance"),
        "code": _coded(values, "substance_code", "substance_name"),
        "criticality": criticality if criticality in CRITICALITIES else None,
        "onsetDateTime": _at(values["started_at"]),
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
        "medicationCodeableConcept": _coded(values, "drug_code", "drug_name"),
        "authoredOn": _at(values["started_at"]),
        "dosageInstruction": [{"text": told}] if told else None,
    }


def _immunization(entry: Entry) -> Resource:
    at = _at(entry.values["administered_at"])
    when = {"occurrenceDateTime": at} if at else {"occurrenceString": "unknown"}
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": _coded(entry.values, "vaccine_code", "vaccine_name"),
        **when,
    }


def _procedure(entry: Entry) -> Resource:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": _coded(entry.values, "procedure_code", "procedure_name"),
        "performedPeriod": _period(entry.values),
    }


def _plan(entry: Entry) -> Resource:
    values = entry.values
    return {
        "resourceType": "CarePlan",
        "status": PLANS.get((values["status_code"] or "").lower(), "unknown"),
        "intent": "plan",
        "title": values["plan_name"],
        "description": values["goal_text"],
        "period": _period(values),
    }


def _vital_sign(entry: Entry) -> Resource:
    values = entry.values
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [_concept("vital-signs", "observation-category")],
        "code": _coded(values, "observation_code", "observation_name"),
        "effectiveDateTime": _at(values["measured_at"]),
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


def _statuses(values: Mapping[str, Any], kind: str) -> Resource:
    verification = (values["verification_status_code"] or "").lower()
    verified = _concept(verification, f"{kind}-verification")
    if verification == "refuted":
        return {"verificationStatus": verified}
    clinical = (values["clinical_status_code"] or "").lower()
    status = clinical if clinical in ("active", "inactive", "resolved") else "active"
    if values["ended_at"] is not None and status == "active":
        status = "resolved"
    return {"clinicalStatus": _concept(status, f"{kind}-clinical")}


def _concept(code: str, system: str) -> Resource:
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


def _coded(values: Mapping[str, Any], code: str, name: str) -> Resource:
    system = SYSTEMS.get(values["code_system"] or "")
    coding = {"system": system, "code": values[code], "display": values[name]}
    is_coded = bool(system and values[code])
    return _filled(
        {
            "coding": [_filled(coding)] if is_coded else None,
            "text": values[name] or values[code] or "not named",
        }
    )


def _period(values: Mapping[str, Any]) -> Resource | None:
    period = {"start": _at(values["started_at"]), "end": _at(values["ended_at"])}
    return _filled(period) or None


def _at(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None


def _filled(resource: Resource) -> Resource:
    """Return a resource without empty elements, which FHIR forbids."""
    return {
        name: value
        for name, value in resource.items()
        if value is not None and value not in ("", [], {})
    }
