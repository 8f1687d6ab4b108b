"""A source in which identifiers stand where codes, values and answers belong.

Each of them is delivered, lands, and stands in the marts; none may reach research.
"""

import csv
from pathlib import Path

SOURCE = "planted"
PATIENT_ID = "MRN-5550142"
RECORD_ID = "ENC-99812207"
NAME = "Wilhelmina Quackenbush"
STREET = "4711 Rattlesnake Gulch"
CITY = "Quackenbushville"
PHONE = "617.5551234"
PHONE_DIGITS = "6175551234"
NATIONAL_ID = "987-65-4329"
BIRTH_DATE = "1931-05-17"
VISIT_DATE = "2019-03-04"
# Everything of the above that a reader of research could recognise.
IDENTIFIERS = (
    PATIENT_ID, RECORD_ID, NAME, "Wilhelmina", "Quackenbush", STREET, CITY, PHONE,
    PHONE_DIGITS, NATIONAL_ID, "987654329", BIRTH_DATE, "19310517", VISIT_DATE,
    "20190304",
)  # fmt: skip

PATIENTS = [
    {
        "source_patient_id": PATIENT_ID,
        "medical_record_number": PATIENT_ID,
        "national_id": NATIONAL_ID,
        "given_name": "Wilhelmina",
        "family_name": "Quackenbush",
        "address_line": STREET,
        "city": CITY,
        "postal_code": "03601",
        "phone": PHONE_DIGITS,
        "sex_code": NAME,
        "marital_status_code": PHONE,
        "race_code": NAME,
        "ethnicity_code": PATIENT_ID,
        "language_code": CITY,
        "state": STREET,
        "birth_date": BIRTH_DATE,
    }
]
ENCOUNTERS = [
    {
        "record_id": RECORD_ID,
        "source_patient_id": PATIENT_ID,
        "encounter_class_code": NAME,
        "encounter_type_code": PATIENT_ID,
        "encounter_type_name": NAME,
        "status_code": PHONE,
        "service_name": NAME,
        "location_name": STREET,
        "reason_code": PATIENT_ID,
        "reason_name": NAME,
        "admission_type_name": VISIT_DATE,
        "discharge_disposition_name": f"to {NAME}, {STREET}",
        "started_at": f"{VISIT_DATE}T08:00:00Z",
        "ended_at": f"{VISIT_DATE}T09:00:00Z",
    },
    # So long ago that nobody below 90 was there.
    {
        "record_id": f"{RECORD_ID}-0",
        "source_patient_id": PATIENT_ID,
        "encounter_class_code": "ambulatory",
        "started_at": "1931-05-17T08:00:00Z",
        "ended_at": "1931-05-17T09:00:00Z",
    },
]
CONDITIONS = [
    {
        "record_id": f"C{number}",
        "source_patient_id": PATIENT_ID,
        "encounter_id": RECORD_ID,
        "condition_code": code,
        "code_system": system,
        "condition_name": name,
        "category_code": NAME,
        "clinical_status_code": PHONE,
        "verification_status_code": NAME,
        "sequence_number": "6175551",
        "started_at": f"{VISIT_DATE}T08:00:00Z",
    }
    for number, (code, system, name) in enumerate([
        (PATIENT_ID, "ICD-10-CM", "Essential hypertension"),
        ("I10", "ICD-10-CM", f"Hypertension of {NAME}"),
        ("I10", NAME, NAME),
        ("38341003", "SNOMED-CT", f"Hypertension ({NAME})"),
        (PHONE_DIGITS, "SNOMED-CT", "Hypertensive disorder"),
    ])
]  # fmt: skip
LAB_RESULTS = [
    {
        "record_id": f"L{number}",
        "source_patient_id": PATIENT_ID,
        "encounter_id": RECORD_ID,
        "order_id": RECORD_ID,
        "specimen_id": PATIENT_ID,
        "test_code": code,
        "code_system": system,
        "test_name": NAME,
        "specimen_name": NAME,
        "organism_name": NAME,
        "value_text": value,
        "unit": NAME if number % 2 else "mmol/L",
        "reference_high": PHONE_DIGITS,
        "reference_text": f"called {NAME}",
        "laboratory_flag": PHONE,
        "status_code": NAME,
        "priority_code": NAME,
        "comment_text": f"told {NAME} on {VISIT_DATE}",
        "collected_at": f"{VISIT_DATE}T08:{number:02}:00Z",
    }
    for number, (code, system, value) in enumerate([
        ("2823-3", "LOINC", "4.1"),
        ("2823-3", "LOINC", VISIT_DATE),
        ("2823-3", "LOINC", VISIT_DATE.replace("-", "")),
        ("2823-3", "LOINC", PHONE_DIGITS),
        ("2823-3", "LOINC", PHONE),
        ("2823-3", "LOINC", f">{NATIONAL_ID.replace('-', '')}"),
        ("2823-3", "LOINC", NAME),
        ("2823-3", "LOINC", "1:19310517"),
        (PATIENT_ID, "lis", "4.1"),  # under LOINC landing would refuse it
        ("30525-0", "LOINC", "94"),
        ("AGE", NAME, "95"),
    ])
]  # fmt: skip
PRESCRIPTIONS = [
    {
        "record_id": f"P{number}",
        "source_patient_id": PATIENT_ID,
        "encounter_id": RECORD_ID,
        "pharmacy_order_id": RECORD_ID,
        "drug_code": code,
        "code_system": "RxNorm",
        "drug_name": f"aspirin for {NAME}",
        "ndc_code": PHONE_DIGITS,
        "drug_type_code": NAME,
        "strength_text": VISIT_DATE,
        "dose_text": PHONE,
        "dose_unit": NAME,
        "route_code": NAME,
        "frequency_text": NAME,
        "quantity": PHONE_DIGITS,
        "days_supply": "90",
        "status_code": NAME,
        "change_reason_name": NAME,
        "reason_code": PATIENT_ID,
        "reason_name": NAME,
        "started_at": f"{VISIT_DATE}T08:00:00Z",
    }
    for number, code in enumerate([PATIENT_ID, "243670", NAME])
]
FEEDS = {
    "patients": PATIENTS,
    "encounters": ENCOUNTERS,
    "conditions": CONDITIONS,
    "lab_results": LAB_RESULTS,
    "prescriptions": PRESCRIPTIONS,
}


def write_feeds(folder: Path, feeds: dict[str, list[dict[str, str]]]) -> Path:
    """Write a delivery of csv feeds; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for feed, rows in feeds.items():
        names = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{feed}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    return folder
