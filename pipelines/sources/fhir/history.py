"""Conditions, allergies, procedures, immunizations and care plans."""

from pipelines.sources.fhir.elements import (
    begins,
    code_of,
    coded,
    ends,
    first,
    id_of,
    words,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.resources import (
    AllergyIntolerance,
    CarePlan,
    Condition,
    Immunization,
    Procedure,
)
from pipelines.sources.one_by_one import LeftOutError, Rows

NOT_DONE_YET = "Not done yet."


def condition_rows(condition: Condition) -> Rows:
    """Yield the condition."""
    what = coded(condition.code, "SNOMED-CT", "ICD-10-CM", "ICD-9-CM")
    yield (
        "conditions",
        {
            "source_patient_id": id_of(condition.subject),
            "encounter_id": id_of(condition.encounter),
            "condition_code": what.code,
            "code_system": what.system,
            "condition_name": what.name,
            "category_code": code_of(first(condition.category)),
            "clinical_status_code": code_of(condition.clinical_status),
            "verification_status_code": code_of(condition.verification_status),
            "started_at": condition.onset_date_time or begins(condition.onset_period),
            "ended_at": condition.abatement_date_time
            or ends(condition.abatement_period),
            "recorded_at": condition.recorded_date,
        },
    )


def allergy_rows(allergy: AllergyIntolerance) -> Rows:
    """Yield the allergy with its first two reactions."""
    what = coded(allergy.code, "RxNorm", "SNOMED-CT")
    row = {
        "source_patient_id": id_of(allergy.patient),
        "encounter_id": id_of(allergy.encounter),
        "substance_code": what.code,
        "code_system": what.system,
        "substance_name": what.name,
        "type_code": allergy.type,
        "category_code": first(allergy.category),
        "criticality_code": allergy.criticality,
        "clinical_status_code": code_of(allergy.clinical_status),
        "verification_status_code": code_of(allergy.verification_status),
        "started_at": allergy.onset_date_time or allergy.recorded_date,
    }
    reactions = [
        (words(manifestation), reaction.severity)
        for reaction in allergy.reaction
        for manifestation in reaction.manifestation
    ]
    for place, (name, severity) in enumerate(reactions[:2], start=1):
        row[f"reaction_{place}_name"] = name
        row[f"reaction_{place}_severity_code"] = severity
    yield "allergies", row


def procedure_rows(procedure: Procedure) -> Rows:
    """Yield the procedure; one that was not done after all is withdrawn.

    Raises:
        LeftOutError: it is still being prepared.
    """
    if procedure.status == "preparation":
        raise LeftOutError(NOT_DONE_YET)
    what = coded(procedure.code, "SNOMED-CT", "CPT")
    reason = coded(first(procedure.reason_code))
    performed = procedure.performed_period
    yield (
        "procedures",
        {
            "source_patient_id": id_of(procedure.subject),
            "encounter_id": id_of(procedure.encounter),
            "procedure_code": what.code,
            "code_system": what.system,
            "procedure_name": what.name,
            "reason_code": reason.code,
            "reason_name": reason.name,
            "started_at": procedure.performed_date_time or begins(performed),
            "ended_at": ends(performed),
            "is_deleted": "true" if procedure.status == "not-done" else "false",
        },
    )


def immunization_rows(immunization: Immunization) -> Rows:
    """Yield the immunization."""
    what = coded(immunization.vaccine_code, "CVX")
    yield (
        "immunizations",
        {
            "source_patient_id": id_of(immunization.patient),
            "encounter_id": id_of(immunization.encounter),
            "vaccine_code": what.code,
            "code_system": what.system,
            "vaccine_name": what.name,
            "status_code": immunization.status,
            "administered_at": immunization.occurrence_date_time,
        },
    )


def care_plan_rows(plan: CarePlan) -> Rows:
    """Yield the care plan by the kind that it is of; its goals are resources alone."""
    kinds = [coded(each, "SNOMED-CT") for each in plan.category]
    what = next((each for each in kinds if each.system == "SNOMED-CT"), first(kinds))
    yield (
        "care_plans",
        {
            "source_patient_id": id_of(plan.subject),
            "encounter_id": id_of(plan.encounter),
            "plan_code": what.code if what else plan.title,
            "code_system": what.system if what else None,
            "plan_name": (what.name if what else None) or plan.title,
            "status_code": plan.status,
            "started_at": begins(plan.period),
            "ended_at": ends(plan.period),
        },
    )


TABLES = (
    table(Condition, condition_rows),
    table(AllergyIntolerance, allergy_rows),
    table(Procedure, procedure_rows),
    table(Immunization, immunization_rows),
    table(CarePlan, care_plan_rows),
)
