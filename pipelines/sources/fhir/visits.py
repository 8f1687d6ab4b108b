"""Encounters and imaging studies."""

from pipelines.sources.fhir.elements import (
    begins,
    coded,
    coding_code,
    coding_name,
    ends,
    first,
    id_of,
    words,
)
from pipelines.sources.fhir.mapping import table
from pipelines.sources.fhir.parts import (
    Coding,
    Reference,
)
from pipelines.sources.fhir.resources import (
    Encounter,
    Hospitalization,
    ImagingStudy,
    Participant,
    Place,
)
from pipelines.sources.one_by_one import LeftOutError, Rows

PLANNED = "A visit that is planned and has not begun."


def encounter_rows(encounter: Encounter) -> Rows:
    """Yield the encounter; one that was cancelled is withdrawn.

    Raises:
        LeftOutError: it is planned alone.
    """
    if encounter.status == "planned":
        raise LeftOutError(PLANNED)
    kind = coded(first(encounter.type), "SNOMED-CT")
    reason = coded(first(encounter.reason_code))
    stay = encounter.hospitalization or Hospitalization()
    participant = first(encounter.participant) or Participant()
    place = (first(encounter.location) or Place()).location or Reference()
    yield (
        "encounters",
        {
            "source_patient_id": id_of(encounter.subject),
            "encounter_class_code": coding_code(encounter.class_),
            "encounter_type_code": kind.code,
            "encounter_type_name": kind.name,
            "part_of_encounter_id": id_of(encounter.part_of),
            "status_code": encounter.status,
            "practitioner_id": id_of(participant.individual),
            "organization_id": id_of(encounter.service_provider),
            "service_name": words(encounter.service_type),
            "location_name": place.display,
            "reason_code": reason.code,
            "reason_name": reason.name,
            "admission_type_name": words(encounter.priority),
            "admission_source_name": words(stay.admit_source),
            "discharge_disposition_name": words(stay.discharge_disposition),
            "started_at": begins(encounter.period),
            "ended_at": ends(encounter.period),
            "is_deleted": "true" if encounter.status == "cancelled" else "false",
        },
    )


def imaging_study_rows(study: ImagingStudy) -> Rows:
    """Yield a row per instance: a series and its study say the rest of it."""
    procedure = coded(first(study.procedure_code))
    for series in study.series:
        for instance in series.instance:
            site = series.body_site or Coding()
            yield (
                "imaging_studies",
                {
                    "record_id": f"{study.id}|{series.uid}|{instance.uid}",
                    "source_patient_id": id_of(study.subject),
                    "encounter_id": id_of(study.encounter),
                    "study_id": study.id,
                    "series_uid": series.uid,
                    "instance_uid": instance.uid,
                    "modality_code": coding_code(series.modality),
                    "modality_name": coding_name(series.modality),
                    "body_site_code": site.code,
                    "body_site_name": site.display,
                    "sop_code": _plain_oid(coding_code(instance.sop_class)),
                    "sop_name": instance.title or coding_name(instance.sop_class),
                    "procedure_code": procedure.code,
                    "procedure_name": procedure.name,
                    "started_at": study.started,
                },
            )


def _plain_oid(code: str | None) -> str | None:
    return code.removeprefix("urn:oid:") if code else None


TABLES = (
    table(Encounter, encounter_rows),
    table(ImagingStudy, imaging_study_rows),
)
