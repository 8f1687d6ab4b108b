"""What the parts of a resource say, as texts of feeds."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pipelines.sources.fhir.parts import (
    Coding,
    Concept,
    Period,
    Quantity,
    Reference,
)

MOST_REMEMBERED = 10_000  # references: a patient's facts stand beside each other
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


NOT_CODED = Coded(None, None, None)


def coded(concept: Concept | None, *preferred: str) -> Coded:
    """Return a concept's code: of the first preferred system that it is coded in.

    Else its first code; a concept in words alone has its words as its code, for a fact
    must not be lost because nobody coded it.
    """
    if concept is None:
        return NOT_CODED
    codings = concept.coding
    if len(codings) == 1 and codings[0].code:  # as nearly always
        coding = codings[0]
    else:
        coding = _chosen(codings, preferred)
    if coding is None:
        return Coded(concept.text, None, concept.text)
    system, display = coding.system, coding.display
    name = display or concept.text or display
    return Coded(coding.code, SYSTEMS.get(system or "", system), name)


def _chosen(codings: list[Coding], preferred: tuple[str, ...]) -> Coding | None:
    codings = [each for each in codings if each.code]
    known = {SYSTEMS.get(each.system or "", each.system): each for each in codings}
    coding = next((known[name] for name in preferred if name in known), None)
    return coding or first(codings)


def words(concept: Concept | None) -> str | None:
    """Return a concept in words, else its code."""
    if concept is None:
        return None
    if concept.text or not concept.coding:
        return concept.text or None
    return concept.coding[0].display or concept.coding[0].code


def code_of(concept: Concept | None) -> str | None:
    """Return a concept's first code."""
    return concept.coding[0].code if concept and concept.coding else None


def first(parts: Sequence) -> object | None:
    """Return the first of some parts; None if there is none."""
    return parts[0] if parts else None


def id_of(reference: Reference | None) -> str | None:
    """Return the id of what a reference names; None for what is contained.

    ``urn:uuid:ID``, ``Patient/ID``, ``https://…/Patient/ID/_history/2`` and an id alone
    name the same.
    """
    if reference is None or not reference.reference:
        return None
    return _id_named(reference.reference)


@lru_cache(maxsize=MOST_REMEMBERED)
def _id_named(named: str) -> str | None:
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
    value = format(quantity.value, "f")
    return f"{quantity.comparator}{value}" if quantity.comparator else value


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
