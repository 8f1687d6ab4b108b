"""What is written down about one patient, feed by feed, in the order of writing."""

from collections import defaultdict

Row = dict[str, object]

# The visit that a row goes with where it does not say so itself; never delivered.
BELONGS_TO = "belongs_to"

_PREFIXES = {
    "patients": "P",
    "patient_links": "K",
    "care_team": "CT",
    "contacts": "CO",
    "coverages": "CV",
    "consents": "CN",
    "correction_requests": "CR",
    "encounters": "E",
    "appointments": "AP",
    "referrals": "RF",
    "conditions": "C",
    "allergies": "A",
    "procedures": "PR",
    "immunizations": "I",
    "devices": "DV",
    "family_history": "FH",
    "social_history": "SH",
    "notes": "N",
    "vital_signs": "V",
    "care_plans": "CP",
    "questionnaire_responses": "Q",
    "lab_results": "L",
    "imaging_studies": "IM",
    "imaging_reports": "IR",
    "prescriptions": "RX",
    "dispenses": "DI",
    "administrations": "AD",
    "medication_requests": "MR",
    "claims": "CL",
    "payments": "PY",
}


class Journal:
    """Rows of one patient; each gets a record id from the patient's number."""

    def __init__(self, patient_number: int) -> None:
        self.patient_id = f"P{patient_number:06d}"
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._number = f"{patient_number:06d}"

    def next_id(self, feed: str) -> str:
        """Return the record id that the next row of a feed will have."""
        return f"{_PREFIXES[feed]}{self._number}-{len(self.rows[feed]) + 1}"

    def write(self, feed: str, **values: object) -> str:
        """Write one row and return its record id."""
        record_id = self.next_id(feed)
        self.rows[feed].append(
            {"record_id": record_id, "source_patient_id": self.patient_id, **values}
        )
        return record_id

    def amend(self, feed: str, row: Row, minute: int, **changes: object) -> Row:
        """Write a later version of a row, made at a minute, and return it."""
        later = {**row, **changes, "source_updated_at": minute}
        self.rows[feed].append(later)
        return later
