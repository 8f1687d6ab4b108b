"""Every current fact that was delivered stands in its mart.

A join that misses drops rows without a word; here each fact of staging is looked for.

Which version of a fact is current costs staging a sort of everything delivered. So
facts are first looked for as they were delivered, and staging is asked only about
patients of whom some entry is in no mart: a closed fact, or one that was dropped.
"""

from collections.abc import Iterable

from expectations.expectation import Kahn, Severity
from expectations.marts.contracts import read_marts
from expectations.marts.mart_check import MartCheck, Words

# Of each feed: its mart, and the column that is the key in staging and in the mart.
MART_OF = {
    "acknowledgements": ("fct_acknowledgements", "acknowledgement_key"),
    "administrations": ("fct_administrations", "administration_key"),
    "allergies": ("fct_allergies", "allergy_key"),
    "appointments": ("fct_appointments", "appointment_key"),
    "care_plans": ("fct_care_plans", "care_plan_key"),
    "claims": ("fct_claims", "claim_key"),
    "conditions": ("fct_conditions", "condition_key"),
    "consents": ("fct_consents", "consent_key"),
    "contacts": ("dim_contacts", "contact_key"),
    "correction_requests": ("fct_correction_requests", "correction_request_key"),
    "coverages": ("dim_coverages", "coverage_key"),
    "devices": ("fct_devices", "device_key"),
    "dispenses": ("fct_dispenses", "dispense_key"),
    "encounters": ("fct_encounters", "encounter_key"),
    "family_history": ("fct_family_history", "family_history_key"),
    "imaging_reports": ("fct_imaging_reports", "imaging_report_key"),
    "immunizations": ("fct_immunizations", "immunization_key"),
    "lab_orders": ("fct_lab_orders", "lab_order_key"),
    "lab_results": ("fct_lab_results", "lab_result_key"),
    "medication_requests": ("fct_medication_requests", "medication_request_key"),
    "notes": ("fct_notes", "note_key"),
    "organizations": ("dim_organizations", "organization_key"),
    "patients": ("dim_patients", "patient_key"),
    "payments": ("fct_payments", "payment_key"),
    "practitioners": ("dim_practitioners", "practitioner_key"),
    "prescriptions": ("fct_medication_history", "prescription_key"),
    "procedures": ("fct_procedures", "procedure_key"),
    "questionnaire_responses": (
        "fct_questionnaire_responses",
        "questionnaire_response_key",
    ),
    "referrals": ("fct_referrals", "referral_key"),
    "social_history": ("fct_social_history", "social_history_key"),
    "specimens": ("fct_specimens", "specimen_key"),
    "vital_signs": ("fct_vital_signs", "vital_sign_key"),
}


# Facts of these are of no patient: there are few, and staging is asked about all.
OF_NO_PATIENT = frozenset({"organizations", "practitioners"})
# Staging of these tells every version, for a mart of versions.
OF_EVERY_VERSION = frozenset({"lab_results"})


def kept_checks() -> Iterable[MartCheck]:
    """Return a check per feed that has a mart of its own."""
    for feed, (mart, key) in MART_OF.items():
        yield MartCheck(
            f"stg_{feed}",
            f"{key}:kept",
            Words(
                f"Every current fact of {feed} stands in {mart}.",
                "A fact that a join dropped is missing on every page, and no count "
                "of the load tells it.",
            ),
            Kahn.COMPUTATIONAL_CONFORMANCE,
            applies="true",
            breaks="fact.is_missing",
            severity=Severity.CRITICAL,
            rows=_kept_and_missing(feed, mart, key),
        )


def _kept_and_missing(feed: str, mart: str, key: str) -> str:
    """Return every fact of a feed in SQL: those of its mart, and those in no mart."""
    columns = [key, "source_system", "delivery_id", "file_id", "line_number"]
    if feed not in OF_NO_PATIENT and key != "patient_key":
        columns.append("patient_key")
    relation = f"{read_marts()[mart].schema}.{mart}"
    told = ", ".join(columns)
    found = ", ".join(f"current_fact.{column}" for column in columns)
    conditions = "\n        and ".join(_of_missing(feed, relation, key))
    return f"""select {told}, false as is_missing
    from {relation}
    union all
    select {found}, true as is_missing
    from staging.stg_{feed} as current_fact
    where
        {conditions}"""  # noqa: S608 - names of the project's own


def _of_missing(feed: str, relation: str, key: str) -> Iterable[str]:
    """Yield what holds for a fact that should stand in its mart and does not."""
    yield f"""not exists (
            select 1 from {relation} as kept where kept.{key} = current_fact.{key}
        )"""  # noqa: S608 - names of the project's own
    # What landed since the build began is for the next one.
    yield f"""not exists (
            select 1
            from raw.touched_feeds as news
            where
                news.feed = '{feed}'
                and news.delivery_id = current_fact.delivery_id
        )"""  # noqa: S608 - names of the project's own
    if feed in OF_EVERY_VERSION:
        yield "current_fact.is_current"
        yield "not current_fact.is_closed"
    if feed not in OF_NO_PATIENT:
        yield _is_of_patient_with_more(feed, relation, key)


def _is_of_patient_with_more(feed: str, relation: str, key: str) -> str:
    """Return a condition: the patient has an entry of the feed that is in no mart.

    An array is what PostgreSQL takes into the view, below the order of versions.
    """
    delivered = (
        "entry.patient_key"
        if key == "patient_key"
        else "entry.source_system || ':' || nullif(trim(entry.record_id), '')"
    )
    return f"""current_fact.patient_key = any(array(
            select distinct entry.patient_key
            from persons.{feed} as entry
            where not exists (
                select 1 from {relation} as kept where kept.{key} = {delivered}
            )
        ))"""  # noqa: S608 - names of the project's own
