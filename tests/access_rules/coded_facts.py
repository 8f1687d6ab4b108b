"""Facts with codes and words that label them, and facts just beside these.

Expected labels are those of the code lists: F10 to F19 but tobacco, F20 to F99, HIV.
"""

import psycopg

from pipelines.feeds.catalogue import FEEDS
from tests.dbt.raw_rows import example_of, insert_fact, touch

CODED, BY_HAND = 90, 91
NONE, SUBSTANCE, MENTAL, HIV = 0, 1, 2, 4

CONDITIONS = {
    ("F09", "ICD-10-CM"): NONE,
    ("F10.20", "ICD-10-CM"): SUBSTANCE,
    ("F17.210", "ICD-10-CM"): NONE,  # tobacco
    ("F19.10", "ICD-10-CM"): SUBSTANCE,
    ("F20.9", "ICD-10-CM"): MENTAL,
    ("F99", "ICD-10-CM"): MENTAL,
    ("G00.0", "ICD-10-CM"): NONE,
    ("B19.10", "ICD-10-CM"): NONE,
    ("B20", "ICD-10-CM"): HIV,
    ("Z21", "ICD-10-CM"): HIV,
    ("Z22.0", "ICD-10-CM"): NONE,
    ("Z71.1", "ICD-10-CM"): NONE,
    ("Z71.41", "ICD-10-CM"): SUBSTANCE,
    ("Z71.7", "ICD-10-CM"): HIV,
    ("303.90", "ICD-9-CM"): SUBSTANCE,
    ("305.1", "ICD-9-CM"): NONE,  # tobacco
    ("305.20", "ICD-9-CM"): SUBSTANCE,
    ("042", "ICD-9-CM"): HIV,
    ("7200002", "SNOMED-CT"): SUBSTANCE,
    ("86406008", "http://snomed.info/sct"): HIV,
    ("44054006", "SNOMED-CT"): NONE,
}
RESULTS = {"20447-9": HIV, "5643-2": SUBSTANCE, "2823-3": NONE}
# Names of products: their codes say nothing of what is in them.
DRUGS = {
    "buprenorphine 8 MG / naloxone 2 MG Sublingual Film": SUBSTANCE,
    "naloxone 0.4 MG/ML Injection": NONE,
    "emtricitabine 200 MG / tenofovir 300 MG Oral Tablet": HIV,
    "Lisinopril 10 MG Oral Tablet": NONE,
}
# Of the visits: the reason, and the ward by its name.
VISITS = {
    "reason": ({"reason_code": "F10.10"}, SUBSTANCE),
    "ward": ({"reason_code": None, "location_name": "Detox Unit 2"}, SUBSTANCE),
    "plain": ({"reason_code": "I10", "location_name": "Ward 3"}, NONE),
}


def insert_coded_facts(owner: psycopg.Connection) -> None:
    """Insert all of the above, and what is derived from some of it."""

    def add(feed: str, record_id: str, patient: int = CODED, **row: object) -> None:
        example = example_of(FEEDS[feed], patient)
        insert_fact(owner, feed, example | {"record_id": record_id} | row)

    add("patients", "patients-90")
    add("patients", "patients-91", BY_HAND)
    for code, system in CONDITIONS:
        add("conditions", code, condition_code=code, code_system=system)
    for code in RESULTS:
        add(
            "lab_results", code, test_code=code, code_system="LOINC", value_text="99",
            value_number=99, reference_low=1, reference_high=2,
        )  # fmt: skip
    for place, name in enumerate(DRUGS):
        add(
            "prescriptions", f"drug-{place}", drug_name=name, drug_code=None,
            reason_code=None, reason_name=None,
        )  # fmt: skip
    add("prescriptions", "for-it", drug_name="clonidine", reason_code="F11.20")
    for feed in ("dispenses", "administrations"):
        add(feed, f"{feed}-of-it", drug_name="clonidine", prescription_id="for-it")
    for name, (row, _) in VISITS.items():
        add("encounters", name, encounter_class_code="inpatient", **row)
        add("notes", f"note-{name}", encounter_id=name, title="Progress note")
    label_by_hand(owner, add)
    touch(owner, (CODED, BY_HAND))


def label_by_hand(owner: psycopg.Connection, add: object) -> None:
    """Label one of two results of an analyte by hand, and one diagnosis."""
    for record_id in ("marked", "beside"):
        add(
            "lab_results", record_id, BY_HAND, test_code="2823-3", code_system="LOINC",
            value_text="9.9", value_number=9.9, reference_low=1, reference_high=2,
        )  # fmt: skip
    for kind, fact in (("lab_results", "hospital:marked"), ("conditions", "x")):
        owner.execute(
            "insert into access.fact_label (kind_code, fact_key, patient_key, "
            "label_code, set_by, reason) values (%s, %s, %s, 'hiv', 'x', 'x')",
            (kind, fact, BY_HAND),
        )
