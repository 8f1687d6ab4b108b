"""Parts of FHIR R4 resources: codes, periods, statuses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Resource = dict[str, Any]
SYSTEMS = {
    "LOINC": "http://loinc.org",
    "SNOMED-CT": "http://snomed.info/sct",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "NDC": "http://hl7.org/fhir/sid/ndc",
}
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
VERIFICATION = {
    "condition": "condition-ver-status",
    "allergyintolerance": "allergyintolerance-verification",
}
NO_VALUE = {"text": "No value was sent"}
# What stands for a required code that nobody knows.
NOT_KNOWN = {
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "valueCode": "unknown",
}


def statuses(values: Mapping[str, Any], kind: str) -> Resource:
    """Return whether a condition or allergy holds, or was refuted.

    FHIR asks for a clinical status of whatever is not entered in error (ait-1).
    """
    verification = (values["verification_status_code"] or "").lower()
    if verification == "refuted":
        return {
            "verificationStatus": concept(verification, VERIFICATION[kind]),
            "clinicalStatus": concept("inactive", f"{kind}-clinical"),
        }
    clinical = (values["clinical_status_code"] or "").lower()
    status = clinical if clinical in ("active", "inactive", "resolved") else "active"
    if values["ended_at"] is not None and status == "active":
        status = "resolved"
    return {"clinicalStatus": concept(status, f"{kind}-clinical")}


def concept(code: str, system: str) -> Resource:
    """Return a code of HL7's own terminology."""
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


def coded(values: Mapping[str, Any], code: str, name: str) -> Resource:
    """Return what columns name: by code where its system is known, and in words."""
    system = SYSTEMS.get(values["code_system"] or "")
    coding = {"system": system, "code": values[code], "display": values[name]}
    is_coded = bool(system and values[code])
    return filled(
        {
            "coding": [filled(coding)] if is_coded else None,
            "text": values[name] or values[code] or "not named",
        }
    )


def period(values: Mapping[str, Any]) -> Resource | None:
    """Return from when to when; None if neither is known."""
    times = {"start": at_text(values["started_at"]), "end": at_text(values["ended_at"])}
    return filled(times) or None


def at_text(at: datetime | None) -> str | None:
    """Return an instant as FHIR writes it."""
    return at.isoformat(timespec="seconds") if at is not None else None


def filled(resource: Resource) -> Resource:
    """Return a resource without empty elements, which FHIR forbids."""
    return {
        name: value
        for name, value in resource.items()
        if value is not None and value not in ("", [], {})
    }
