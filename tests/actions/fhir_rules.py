"""What FHIR R4 (4.0.1) asks of the resources that a patient takes away.

Written from the resources' definition pages: elements with cardinality 1..1 or 1..*,
codes of required bindings, and the invariants that say more.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

EVENT = {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed",
         "entered-in-error", "unknown"}  # fmt: skip
REQUIRED = {
    "Patient": (),
    "Encounter": ("status", "class"),
    "Condition": ("subject",),
    "AllergyIntolerance": ("patient",),
    "MedicationRequest": ("status", "intent", "subject"),
    "Immunization": ("status", "vaccineCode", "patient"),
    "Procedure": ("status", "subject"),
    "CarePlan": ("status", "intent", "subject"),
    "Observation": ("status", "code"),
    "DiagnosticReport": ("status", "code"),
}
ONE_OF = {
    "MedicationRequest": ("medicationCodeableConcept", "medicationReference"),
    "Immunization": ("occurrenceDateTime", "occurrenceString"),
}
CODES = {
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("Encounter", "status"): {
        "planned", "arrived", "triaged", "in-progress", "onleave", "finished",
        "cancelled", "entered-in-error", "unknown",
    },
    ("AllergyIntolerance", "criticality"): {"low", "high", "unable-to-assess"},
    ("MedicationRequest", "status"): {
        "active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped",
        "draft", "unknown",
    },
    ("MedicationRequest", "intent"): {
        "proposal", "plan", "order", "original-order", "reflex-order", "filler-order",
        "instance-order", "option",
    },
    ("Immunization", "status"): {"completed", "entered-in-error", "not-done"},
    ("Procedure", "status"): EVENT,
    ("CarePlan", "status"): {
        "draft", "active", "on-hold", "revoked", "completed", "entered-in-error",
        "unknown",
    },
    ("CarePlan", "intent"): {"proposal", "plan", "order", "option"},
    ("Observation", "status"): {
        "registered", "preliminary", "final", "amended", "corrected", "cancelled",
        "entered-in-error", "unknown",
    },
    ("DiagnosticReport", "status"): {
        "registered", "partial", "preliminary", "final", "amended", "corrected",
        "appended", "cancelled", "entered-in-error", "unknown",
    },
}  # fmt: skip
HL7 = "http://terminology.hl7.org/CodeSystem"
# Element of a resource: the system and the codes of its required binding.
CONCEPTS = {
    ("Condition", "clinicalStatus"): (
        f"{HL7}/condition-clinical",
        {"active", "recurrence", "relapse", "inactive", "remission", "resolved"},
    ),
    ("Condition", "verificationStatus"): (
        f"{HL7}/condition-ver-status",
        {"unconfirmed", "provisional", "differential", "confirmed", "refuted",
         "entered-in-error"},
    ),
    ("AllergyIntolerance", "clinicalStatus"): (
        f"{HL7}/allergyintolerance-clinical",
        {"active", "inactive", "resolved"},
    ),
    ("AllergyIntolerance", "verificationStatus"): (
        f"{HL7}/allergyintolerance-verification",
        {"unconfirmed", "confirmed", "refuted", "entered-in-error"},
    ),
}  # fmt: skip
DATES = ("effectiveDateTime", "occurrenceDateTime", "authoredOn", "onsetDateTime",
         "abatementDateTime")  # fmt: skip
REFERENCES = ("subject", "patient", "encounter")
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def problems_of(bundle: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a bundle breaks; nothing where it is well formed."""
    urls = [each["fullUrl"] for each in bundle["entry"]]
    if len(set(urls)) != len(urls):
        yield "an address stands twice (bdl-7)"
    for each in bundle["entry"]:
        resource = each["resource"]
        kind = resource["resourceType"]
        if each["fullUrl"] != f"urn:uuid:{resource['id']}":
            yield f"{kind}: another address than id"
        for problem in (*_of_resource(kind, resource), *_of_empty(resource)):
            yield f"{kind}: {problem}"
        for reference in _references(resource):
            if reference not in urls:
                yield f"{kind}: a reference leads nowhere"


def _of_resource(kind: str, resource: Mapping[str, Any]) -> Iterator[str]:
    if kind not in REQUIRED:
        yield "no such kind is expected"
        return
    for name in REQUIRED[kind]:
        if name not in resource and not _is_told_absent(resource, name):
            yield f"{name} is missing"
    if kind in ONE_OF and not any(name in resource for name in ONE_OF[kind]):
        yield f"none of {ONE_OF[kind]}"
    yield from _of_codes(kind, resource)
    yield from _of_invariants(kind, resource)
    for name in DATES:
        if name in resource and datetime.fromisoformat(resource[name]).tzinfo is None:
            yield f"{name} has a time and no zone"


def _of_codes(kind: str, resource: Mapping[str, Any]) -> Iterator[str]:
    for (of, name), codes in CODES.items():
        if of == kind and name in resource and resource[name] not in codes:
            yield f"{name} is {resource[name]}"
    for (of, name), (system, codes) in CONCEPTS.items():
        if of == kind and name in resource:
            (coding,) = resource[name]["coding"]
            if coding["system"] != system or coding["code"] not in codes:
                yield f"{name} is {coding}"


def _of_invariants(kind: str, resource: Mapping[str, Any]) -> Iterator[str]:
    if kind == "AllergyIntolerance" and "clinicalStatus" not in resource:
        yield "no clinical status (ait-1)"
    if kind == "Condition" and "abatementDateTime" in resource:
        (coding,) = resource["clinicalStatus"]["coding"]
        if coding["code"] not in ("inactive", "resolved", "remission"):
            yield "over, and active (con-4)"
    values = [name for name in resource if name.startswith("value")]
    if kind == "Observation" and len(values) + ("dataAbsentReason" in resource) > 1:
        yield "a value, and a reason why there is none (obs-6)"
    if (
        kind == "Observation"
        and resource["status"] == "final"
        and not (values or {"dataAbsentReason", "component"} & resource.keys())
    ):
        yield "neither value nor reason"
    if kind == "Encounter" and not resource["class"].get("code"):
        yield "a class without a code"


def _is_told_absent(resource: Mapping[str, Any], name: str) -> bool:
    extensions = resource.get(f"_{name}", {}).get("extension", [])
    return any(each["url"] == ABSENT for each in extensions)


def _of_empty(value: Any, place: str = "") -> Iterator[str]:
    """Yield where an element is empty, which FHIR forbids."""
    if value is None or value in ("", [], {}):
        yield f"{place} is empty"
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _of_empty(each, f"{place}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _of_empty(each, place)


def _references(resource: Mapping[str, Any]) -> Iterator[str]:
    for name in REFERENCES:
        if name in resource:
            yield resource[name]["reference"]
    yield from (each["reference"] for each in resource.get("result", []))
