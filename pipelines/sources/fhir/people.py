"""Patients, organizations and practitioners."""

from pipelines.sources.fhir.elements import code_of, first, number, words
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.parts import (
    Address,
    Extension,
    HumanName,
    Telecom,
)
from pipelines.sources.fhir.resources import (
    Organization,
    Patient,
    Practitioner,
)
from pipelines.sources.one_by_one import Rows

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
GEOLOCATION = "http://hl7.org/fhir/StructureDefinition/geolocation"
# Kinds of identifiers, HL7 v2 table 0203.
NUMBERS = {
    "MR": "medical_record_number",
    "SS": "national_id",
    "DL": "drivers_license",
    "PPN": "passport_number",
}


def patient_rows(patient: Patient) -> Rows:
    """Yield the patient; the resource's id is the one that others refer to."""
    name = _name(patient.name, {"official", "usual", None})
    maiden = _name(patient.name, {"maiden"})
    address = first(patient.address) or Address()
    language = next(
        (each for each in patient.communication if each.preferred),
        first(patient.communication),
    )
    row = {
        "source_patient_id": patient.id,
        "name_prefix": " ".join(name.prefix) or None,
        "given_name": " ".join(name.given) or None,
        "family_name": name.family,
        "name_suffix": " ".join(name.suffix) or None,
        "maiden_name": maiden.family,
        "birth_place": _birth_place(patient.extension),
        "phone": _telecom(patient.telecom, "phone"),
        "email": _telecom(patient.telecom, "email"),
        "sex_code": patient.gender,
        "marital_status_code": code_of(patient.marital_status),
        "race_code": _text_of(patient.extension, f"{US_CORE}race"),
        "ethnicity_code": _text_of(patient.extension, f"{US_CORE}ethnicity"),
        "language_code": code_of(language.language) if language else None,
        "birth_date": patient.birth_date,
        "deceased_at": patient.deceased_date_time,
        **_address(address),
        "county": address.district,
    }
    place = _extension(address.extension, GEOLOCATION)
    for each in place.extension if place else []:
        if each.url in ("latitude", "longitude"):
            row[each.url] = number(each.value_decimal)
    for identifier in patient.identifier:
        kind = NUMBERS.get(code_of(identifier.type) or "")
        if kind and not row.get(kind):
            row[kind] = identifier.value
    yield "patients", row


def organization_rows(organization: Organization) -> Rows:
    """Yield the organization."""
    yield (
        "organizations",
        {
            "organization_name": organization.name,
            "organization_type_name": words(first(organization.type)),
            "phone": _telecom(organization.telecom, "phone"),
            **_address(first(organization.address) or Address()),
        },
    )


def practitioner_rows(practitioner: Practitioner) -> Rows:
    """Yield the practitioner."""
    name = _name(practitioner.name, {"official", "usual", None})
    qualification = first(practitioner.qualification)
    yield (
        "practitioners",
        {
            "practitioner_name": name.text
            or " ".join([*name.given, name.family or ""]),
            "sex_code": practitioner.gender,
            "specialty_name": words(qualification.code) if qualification else None,
        },
    )


def _name(names: list[HumanName], uses: set[str | None]) -> HumanName:
    return next((each for each in names if each.use in uses), HumanName())


def _parts(name: HumanName) -> list[str]:
    return [*name.given, *([name.family] if name.family else [])]


def _telecom(telecom: list[Telecom], system: str) -> str | None:
    return next((each.value for each in telecom if each.system == system), None)


def _address(address: Address) -> dict[str, str | None]:
    return {
        "address_line": " ".join(address.line) or None,
        "city": address.city,
        "state": address.state,
        "postal_code": address.postal_code,
    }


def _extension(extensions: list[Extension], url: str) -> Extension | None:
    return next((each for each in extensions if each.url == url), None)


def _text_of(extensions: list[Extension], url: str) -> str | None:
    """Return what US Core says of race or ethnicity, in words."""
    found = _extension(extensions, url)
    texts = {each.url: each.value_string for each in found.extension} if found else {}
    return texts.get("text")


def _birth_place(extensions: list[Extension]) -> str | None:
    found = _extension(extensions, BIRTH_PLACE)
    place = found.value_address if found else None
    if place is None:
        return None
    parts = (place.city, place.state, place.country)
    return " ".join(each for each in parts if each) or None


TABLES = (
    table(Patient, patient_rows),
    table(Organization, organization_rows),
    table(Practitioner, practitioner_rows),
)
