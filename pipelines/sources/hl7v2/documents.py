"""Documents in words, from MDM."""

from pipelines.sources.hl7v2.message import Message
from pipelines.sources.hl7v2.people import encounter_rows, patient_row
from pipelines.sources.hl7v2.rows import (
    patient_number,
    record_id,
    sent_at,
    visit_id,
)
from pipelines.sources.hl7v2.values import time, value_text
from pipelines.sources.one_by_one import LeftOutError, Rows

# TXA-2, HL7 table 0270.
TYPES = {"PN": "progress", "DS": "discharge", "CN": "other", "HP": "visit"}
# TXA-17, HL7 table 0271: who has signed it.
STATUS = {
    **dict.fromkeys(("LA", "AU"), "final"),
    **dict.fromkeys(("DI", "DO", "IN", "IP", "PA"), "preliminary"),
}
IN_ERROR = {"T05", "T11"}
NO_TEXT = "A document without text: a status alone, or a document enclosed."


def document_rows(message: Message) -> Rows:
    """Yield the patient, the visit and the note.

    Raises:
        LeftOutError: there is no text.
    """
    about, (_, event) = message.first("TXA"), message.kind
    texts = [value_text(e) for e in message.all("OBX") if e.of(2) not in ("ED", "RP")]
    text = "\n".join(each for each in texts if each)
    if about is None or not text:
        raise LeftOutError(NO_TEXT)
    patient = patient_number(message)
    yield patient_row(message, is_registration=False)
    yield from encounter_rows(message, "", is_registration=False)
    author = about.of(5) or about.of(9)
    name = [about.of(9, n) or about.of(5, n) for n in (3, 2)]
    yield (
        "notes",
        {
            "record_id": record_id("document", patient, about.of(12) or about.of(4)),
            "source_patient_id": patient,
            "encounter_id": visit_id(message),
            "note_type_code": TYPES.get(about.of(2) or "", "other"),
            "title": about.of(16),
            "note_text": text,
            "status_code": STATUS.get(about.of(17) or "", "final"),
            "practitioner_id": author,
            "author_name": " ".join(each for each in name if each) or None,
            "written_at": time(about.of(6)) or time(about.of(4)) or sent_at(message),
            "source_updated_at": sent_at(message),
            "is_deleted": "true" if event in IN_ERROR else "false",
        },
    )
