"""Who somebody is: patients, their visits, contacts, insurances, merges."""

from functools import lru_cache

from pipelines.sources.hl7v2.message import Delimiters, Message, Segment
from pipelines.sources.hl7v2.rows import (
    identified,
    number_of,
    patient_number,
    record_id,
    sent_at,
    visit_id,
)
from pipelines.sources.hl7v2.values import (
    MOST_REMEMBERED,
    coded,
    day,
    long_before,
    patient_id,
    time,
    words,
)
from pipelines.sources.one_by_one import RefusedError, Row, Rows

MERGES = {"A18", "A30", "A34", "A35", "A36", "A39", "A40", "A41", "A47"}
UNMERGES = {"A37"}
CANCELLED_VISITS = {"A11", "A23", "A29"}
ENDED = {"A03"}
ALLERGY_KINDS = {"DA": "medication", "FA": "food", "EA": "environment"}
SEVERITIES = {"SV": "severe", "MO": "moderate", "MI": "mild"}
RELATIONS = {"SPO": "spouse", "CHD": "child", "PAR": "parent", "MTH": "parent"}


def patient_row(message: Message, *, is_registration: bool) -> tuple[str, Row]:
    """Return who a message is about.

    Registration says it last. What another department says of a patient holds as long
    as registration has said nothing: a laboratory leaves the address out.
    """
    number, pid, at = patient_number(message), identified(message), sent_at(message)
    row = _said_of("\r".join(pid.fields), pid.by).copy()
    row["source_patient_id"] = number
    row["source_updated_at"] = at if is_registration else long_before(at)
    row["record_id"] = record_id("patient", number)
    return "patients", row


@lru_cache(maxsize=MOST_REMEMBERED)
def _said_of(fields: str, by: Delimiters) -> Row:
    """Return what a PID says of a patient, its fields parted by CR.

    Messages of one stay repeat it word by word; ``forget`` ends the remembering.
    """
    pid = Segment("PID", fields.split("\r"), by)
    name, part = _name(pid), pid.part
    row = {
        "medical_record_number": pid.of(3) or pid.of(2),
        "national_id": pid.of(19),
        "drivers_license": pid.of(20),
        "name_prefix": part(name, 5),
        "given_name": " ".join(p for p in (part(name, 2), part(name, 3)) if p) or None,
        "family_name": part(name, 1),
        "name_suffix": part(name, 4),
        "birth_place": pid.of(23),
        "phone": _phone(pid, 13),
        "sex_code": pid.of(8),
        "marital_status_code": pid.of(16),
        "race_code": words(pid, 10),
        "ethnicity_code": words(pid, 22),
        "language_code": pid.of(15),
        "birth_date": day(pid.of(7)),
        "deceased_at": time(pid.of(29)),
    }
    if address := pid.repetitions(11):
        names = ("address_line", "", "city", "state", "postal_code")
        row |= {name: part(address[0], n) for n, name in enumerate(names, 1) if name}
    return row


def forget() -> None:
    """Forget what messages said of patients: nobody's name outlasts its batch."""
    _said_of.cache_clear()


def registration_rows(message: Message) -> Rows:
    """Yield what a message of registration says: the patient and what goes with it."""
    _, event = message.kind
    if event in MERGES | UNMERGES:
        yield from link_rows(message, event)
        return
    yield patient_row(message, is_registration=True)
    yield from encounter_rows(message, event, is_registration=True)
    for segment in message.all("AL1"):
        yield "allergies", _allergy(message, segment)
    for segment in message.all("DG1"):
        if coded(segment, 3).code or segment.of(4):
            yield "conditions", _diagnosis(message, segment)
    for segment in message.all("NK1"):
        yield "contacts", _contact(message, segment)
    for segment in message.all("IN1"):
        if segment.of(4):
            yield "coverages", _coverage(message, segment)


def link_rows(message: Message, event: str) -> Rows:
    """Yield that numbers are one patient's, or not any more.

    Raises:
        RefusedError: which number goes on under which is not said.
    """
    survivor = None
    for segment in message.segments:
        if segment.name == "PID":
            survivor = number_of(segment)
        elif segment.name == "MRG":
            retired = patient_id(segment, 1)
            if survivor is None or retired is None:
                msg = "MRG-1 or PID-3: a merge without both numbers"
                raise RefusedError(msg)
            at = sent_at(message)
            yield (
                "patient_links",
                {
                    "record_id": record_id("link", retired, survivor, at, event),
                    "source_patient_id": retired,
                    "surviving_patient_id": survivor,
                    "link_type_code": "unmerge" if event in UNMERGES else "merge",
                    "linked_at": at,
                    "source_updated_at": at,
                },
            )
    if not message.all("MRG"):
        msg = "MRG: a merge without it"
        raise RefusedError(msg)


def encounter_rows(message: Message, event: str, *, is_registration: bool) -> Rows:
    """Yield the visit, if its number and its beginning are said."""
    visit = message.first("PV1")
    if visit is None or visit_id(message) is None or visit.of(44) is None:
        return
    at = sent_at(message)
    place = [visit.of(3, n) for n in (1, 2, 3)]
    yield (
        "encounters",
        {
            "record_id": visit_id(message),
            "source_patient_id": patient_number(message),
            "encounter_class_code": visit.of(2),
            "status_code": "finished" if event in ENDED or visit.of(45) else None,
            "practitioner_id": visit.of(7),
            "service_name": words(visit, 10),
            "location_name": " ".join(each for each in place if each) or None,
            "admission_type_name": words(visit, 4),
            "admission_source_name": words(visit, 14),
            "discharge_disposition_name": words(visit, 36),
            "started_at": time(visit.of(44)),
            "ended_at": time(visit.of(45)),
            "source_updated_at": at if is_registration else long_before(at),
            "is_deleted": "true" if event in CANCELLED_VISITS else "false",
        },
    )


def _name(pid: Segment) -> str:
    """Return the legal name among the repetitions, else the first."""
    names = pid.repetitions(5)
    legal = (each for each in names if pid.part(each, 7) == "L")
    return next(legal, names[0] if names else "")


def _phone(segment: Segment, number: int) -> str | None:
    """Return a telephone number: as one text, else of its parts."""
    for each in segment.repetitions(number):
        parts = (segment.part(each, n) for n in (5, 6, 7))
        found = segment.part(each, 1) or "".join(p for p in parts if p)
        if found:
            return found
    return None


def _of_patient(message: Message) -> Row:
    return {
        "source_patient_id": patient_number(message),
        "source_updated_at": sent_at(message),
    }


def _allergy(message: Message, segment: Segment) -> Row:
    what = coded(segment, 3, "RxNorm", "SNOMED-CT")
    patient = patient_number(message)
    return _of_patient(message) | {
        "record_id": record_id("allergy", patient, what.system, what.code or what.name),
        "substance_code": what.code or what.name,
        "code_system": what.system,
        "substance_name": what.name,
        "category_code": ALLERGY_KINDS.get(segment.of(2) or "", segment.of(2)),
        "reaction_1_name": segment.whole(5),
        "reaction_1_severity_code": SEVERITIES.get(segment.of(4) or "", segment.of(4)),
        "started_at": time(segment.of(6)),
    }


def _diagnosis(message: Message, segment: Segment) -> Row:
    what = coded(segment, 3, "ICD-10-CM", "SNOMED-CT", "ICD-9-CM")
    code = what.code or segment.of(4)
    patient = patient_number(message)
    return _of_patient(message) | {
        "record_id": record_id("diagnosis", patient, visit_id(message), code),
        "encounter_id": visit_id(message),
        "condition_code": code,
        "code_system": what.system,
        "condition_name": what.name or segment.of(4),
        "category_code": "encounter-diagnosis",
        "is_deleted": "true" if segment.of(21) == "D" else "false",
        "recorded_at": time(segment.of(5)) or sent_at(message),
    }


def _contact(message: Message, segment: Segment) -> Row:
    patient = patient_number(message)
    relation = coded(segment, 3)
    name = " ".join(p for p in (segment.of(2, 2), segment.of(2, 1)) if p) or None
    return _of_patient(message) | {
        "record_id": record_id("contact", patient, segment.of(1), name),
        "contact_name": name,
        "relationship_code": RELATIONS.get(relation.code or "", relation.name)
        or "other",
        "phone": _phone(segment, 5),
        "started_at": time(segment.of(8)),
        "ended_at": time(segment.of(9)),
    }


def _coverage(message: Message, segment: Segment) -> Row:
    patient = patient_number(message)
    return _of_patient(message) | {
        "record_id": record_id(
            "coverage", patient, segment.of(4), segment.of(36), segment.of(1)
        ),
        "payer_id": segment.of(3),
        "payer_name": segment.of(4),
        "plan_name": words(segment, 2),
        "group_number": segment.of(8),
        "member_number": segment.of(36),
        "subscriber_relationship_code": segment.of(17),
        "priority_number": segment.of(22),
        "started_at": time(segment.of(12)),
        "ended_at": time(segment.of(13)),
    }
