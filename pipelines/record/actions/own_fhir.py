"""The own record as a FHIR R4 Bundle: every reference leads to an entry of it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from pipelines.access.people import Person
from pipelines.record.actions.fhir_parts import (
    NO_VALUE,
    Resource,
    at_text,
    concept,
    filled,
)
from pipelines.record.actions.fhir_resources import MAKERS
from pipelines.record.actions.own_copy import OwnCopy, own_copy
from pipelines.settings import Settings

NAMESPACE = UUID("7c7a8e0e-54a6-4b2c-9a55-2f6a1a0b7d11")
LABORATORY = {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}
# What a result is that has no value to read, by what its patient is told of it.
STATUSES = {
    "withdrawn": "entered-in-error",
    "cancelled": "cancelled",
    "not_measured_yet": "registered",
}
WORST_FIRST = ("registered", "cancelled", "entered-in-error")
GENDERS = {"f": "female", "female": "female", "m": "male", "male": "male"}


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
    return filled(
        {
            "resourceType": "Patient",
            "id": _id("patient", copy.patient_key),
            "identifier": [number] if identity.record_number else None,
            "name": [filled(name)] if identity.family_name else None,
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
            yield filled(made)


def _of_results(copy: OwnCopy) -> Iterator[Resource]:
    """Yield each result, then a report for the results of one moment."""
    subject = {"reference": f"urn:uuid:{_id('patient', copy.patient_key)}"}
    zone = ZoneInfo(copy.time_zone)
    by_moment: dict[str | None, list[Resource]] = {}
    for row in copy.results:
        made = _result(row, zone) | {"subject": subject}
        by_moment.setdefault(made.get("effectiveDateTime"), []).append(made)
        yield made
    for moment, results in by_moment.items():
        yield filled(
            {
                "resourceType": "DiagnosticReport",
                "id": _id("laboratory report", moment),
                "status": _status_of_report({each["status"] for each in results}),
                "category": [{"coding": [LABORATORY]}],
                "code": {"text": "Laboratory results"},
                "subject": subject,
                "effectiveDateTime": moment,
                "result": [{"reference": f"urn:uuid:{each['id']}"} for each in results],
            }
        )


def _result(row: Any, zone: ZoneInfo) -> Resource:
    taken = row.taken_at
    if taken is not None and taken.tzinfo is None:
        taken = taken.replace(tzinfo=zone)
    return filled(
        {
            "resourceType": "Observation",
            "id": _id("lab_results", row.lab_result_key),
            "status": _status_of(row),
            "category": [concept("laboratory", "observation-category")],
            "code": {"text": row.test_name or "Test without a name"},
            "effectiveDateTime": at_text(taken),
            **_value(row),
            "referenceRange": _range(row),
        }
    )


def _status_of(row: Any) -> str:
    """Return the status of a result; one that was withdrawn is none that is final."""
    stated = STATUSES.get(row.judgement_code)
    if stated is not None:
        return stated
    if not row.is_final:
        return "preliminary"
    return "corrected" if row.is_corrected else "final"


def _status_of_report(statuses: set[str]) -> str:
    """Return the status of a report by those of its results."""
    standing = statuses - set(STATUSES.values())
    if "preliminary" in statuses or (standing and "registered" in statuses):
        return "partial"
    if not standing:
        return next(each for each in WORST_FIRST if each in statuses)
    return "corrected" if "corrected" in standing else "final"


def _value(row: Any) -> Resource:
    if row.number_or_bound is not None:
        quantity = {
            "value": float(row.number_or_bound),
            "comparator": row.comparator or None,
            "unit": row.unit_words or None,
        }
        return {"valueQuantity": filled(quantity)}
    words = row.value_words or row.value_text
    if words:
        return {"valueString": words}
    return {"dataAbsentReason": NO_VALUE}


def _range(row: Any) -> list[Resource] | None:
    limits = {
        name: {"value": float(limit)}
        for name, limit in (("low", row.range_low), ("high", row.range_high))
        if limit is not None
    }
    return [limits] if limits else None
