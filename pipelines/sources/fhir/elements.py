"""What the parts of a resource say, as texts of feeds."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from pipelines.sources.fhir.parts import (
    Coding,
    Concept,
    Period,
    Quantity,
    Reference,
)

SYSTEMS = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED-CT",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
    "http://www.cms.gov/Medicare/Coding/ICD10": "ICD-10-PCS",
    "http://www.ama-assn.org/go/cpt": "CPT",
}


class Coded(NamedTuple):
    """A concept as feeds have it."""

    code: str | None
    system: str | None
    name: str | None


def coded(concept: Concept | None, *preferred: str) -> Coded:
    """Return a concept's code: of the first preferred system that it is coded in.

    Else its first code; a concept in words alone has its words as its code, for a fact
    must not be lost because nobody coded it.
    """
    if concept is None:
        return Coded(None, None, None)
    codings = [each for each in concept.coding if each.code]
    known = {SYSTEMS.get(each.system or "", each.system): each for each in codings}
    coding = next((known[name] for name in preferred if name in known), None)
    coding = coding or (codings[0] if codings else None)
    name = concept.text or (coding.display if coding else None)
    if coding is None:
        return Coded(concept.text, None, concept.text)
    return Coded(
        coding.code,
        SYSTEMS.get(coding.system or "", coding.system),
        coding.display or name,
    )


def words(concept: Concept | None) -> str | None:
    """Return a concept in words, else its code."""
    if concept is None:
        return None
    display = next((each.display or each.code for each in concept.coding), None)
    return concept.text or display


def code_of(concept: Concept | None) -> str | None:
    """Return a concept's first code."""
    return next((each.code for each in concept.coding), None) if concept else None


def first(parts: Iterable) -> object | None:
    """Return the first of some parts; None if there is none."""
    return next(iter(parts), None)


def id_of(reference: Reference | None) -> str | None:
    """Return the id of what a reference names; None for what is contained.

    ``urn:uuid:ID``, ``Patient/ID``, ``https://…/Patient/ID/_history/2`` and an id alone
    name the same.
    """
    if reference is None or not reference.reference:
        return None
    named = reference.reference
    if named.startswith("#"):
        return None
    if named.startswith(("urn:uuid:", "urn:oid:")):
        return named.rpartition(":")[2]
    return named.partition("/_history/")[0].rpartition("/")[2]


def number(value: Decimal | None) -> str | None:
    """Return a number in the digits that it came in."""
    return None if value is None else format(value, "f")


def measured(quantity: Quantity | None) -> str | None:
    """Return a quantity's value with its comparator."""
    if quantity is None or quantity.value is None:
        return None
    return f"{quantity.comparator or ''}{number(quantity.value)}"


def unit_of(quantity: Quantity | None) -> str | None:
    """Return a quantity's unit as it is coded, else as it is written."""
    return (quantity.code or quantity.unit) if quantity else None


def begins(period: Period | None) -> str | None:
    """Return the start of a period."""
    return period.start if period else None


def ends(period: Period | None) -> str | None:
    """Return the end of a period."""
    return period.end if period else None


def coding_code(coding: Coding | None) -> str | None:
    """Return the code of a coding."""
    return coding.code if coding else None


def coding_name(coding: Coding | None) -> str | None:
    """Return the name of a coding."""
    return coding.display if coding else None
