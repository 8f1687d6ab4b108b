"""Documents in words, and what relatives had."""

import base64
import binascii

from pipelines.sources.fhir.elements import code_of, coded, first, id_of, number, words
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.resources import (
    Attachment,
    DocumentContext,
    DocumentReference,
    FamilyMemberHistory,
)
from pipelines.sources.one_by_one import LeftOutError, RefusedError, Rows

NO_WORDS = "A document that holds no plain text: a picture, or kept elsewhere."
# LOINC codes of kinds of notes; any other is another note.
NOTE_TYPES = {
    "11506-3": "progress",
    "18842-5": "discharge",
    "34746-8": "nursing",
    "34117-2": "visit",
    "34109-9": "other",
}
FINAL = {"final", "amended", "corrected"}
# Relatives, HL7 v3 RoleCode.
RELATIVES = {"MTH": "mother", "FTH": "father", "BRO": "brother", "SIS": "sister"}


def document_rows(document: DocumentReference) -> Rows:
    """Yield a note with its text.

    Raises:
        LeftOutError: it holds no text.
        RefusedError: its text cannot be read.
    """
    text = next((t for c in document.content if (t := _text(c.attachment))), None)
    if text is None:
        raise LeftOutError(NO_WORDS)
    author = first(document.author)
    encounters = (document.context or DocumentContext()).encounter
    status = document.doc_status or "final"
    if document.status == "entered-in-error":
        status = "entered-in-error"
    yield (
        "notes",
        {
            "source_patient_id": id_of(document.subject),
            "encounter_id": id_of(first(encounters)),
            "note_type_code": NOTE_TYPES.get(code_of(document.type) or "", "other"),
            "title": words(document.type),
            "note_text": text,
            "status_code": status,
            "practitioner_id": id_of(author),
            "author_name": author.display if author else None,
            "written_at": document.date,
        },
    )


def _text(attachment: Attachment | None) -> str | None:
    if attachment is None or not attachment.data:
        return None
    if not (attachment.content_type or "").startswith("text/plain"):
        return None
    try:
        return base64.b64decode(attachment.data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        msg = "DocumentReference.content.attachment.data is not text in base64"
        raise RefusedError(msg) from None


def relative_rows(history: FamilyMemberHistory) -> Rows:
    """Yield what a relative had, a row each."""
    relation = code_of(history.relationship)
    notes = [each.text for each in history.note if each.text]
    for place, condition in enumerate(history.condition, start=1):
        what = coded(condition.code, "SNOMED-CT", "ICD-10-CM")
        onset = condition.onset_age
        yield (
            "family_history",
            {
                "record_id": f"{history.id}|{place}",
                "source_patient_id": id_of(history.patient),
                "relationship_code": RELATIVES.get(relation or "", relation)
                or words(history.relationship),
                "condition_code": what.code,
                "code_system": what.system,
                "condition_name": what.name,
                "onset_age_years": number(onset.value)
                if onset and (onset.code or onset.unit) in ("a", "years", "yr")
                else None,
                "status_code": history.status,
                "comment_text": "\n".join(notes) or None,
                "recorded_at": history.date,
            },
        )


TABLES = (
    table(DocumentReference, document_rows),
    table(FamilyMemberHistory, relative_rows),
)
