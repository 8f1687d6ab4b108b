"""Synthea's encounters and imaging studies."""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table


def map_encounters(records: pl.DataFrame) -> Mapped:
    """Return encounters; 2017 has a date, no end and no class, and gets none."""
    encounters = records.select(
        LINE,
        record_id="id",
        source_patient_id="patient",
        encounter_class_code="encounterclass",
        encounter_type_code="code",
        encounter_type_name="description",
        practitioner_id="provider",
        organization_id="organization",
        reason_code="reasoncode",
        reason_name="reasondescription",
        started_at=pl.coalesce("start", "date"),
        ended_at="stop",
    )
    return Mapped({"encounters": encounters})


def map_imaging_studies(records: pl.DataFrame) -> Mapped:
    """Return imaging: one study per row in 2019, one instance per row from 2022 on.

    ``Id`` names the study, which several rows may share: the feed's natural key, study
    with series and instance, tells them apart.
    """
    studies = records.select(
        LINE,
        source_patient_id="patient",
        encounter_id="encounter",
        study_id="id",
        series_uid="series_uid",
        instance_uid="instance_uid",
        modality_code="modality_code",
        modality_name="modality_description",
        body_site_code="bodysite_code",
        body_site_name="bodysite_description",
        sop_code="sop_code",
        sop_name="sop_description",
        procedure_code="procedure_code",
        started_at="date",
    )
    return Mapped({"imaging_studies": studies})


TABLES = (
    Table(
        name="encounters",
        required=("id", "patient", "code", "description", "reasoncode"),
        optional=(
            *("start", "stop", "date", "organization", "provider", "payer"),
            *("encounterclass", "base_encounter_cost", "total_claim_cost"),
            *("payer_coverage", "reasondescription"),
        ),
        map_records=map_encounters,
    ),
    Table(
        name="imaging_studies",
        required=("id", "date", "patient", "encounter", "modality_code"),
        optional=(
            *("series_uid", "bodysite_code", "bodysite_description"),
            *("modality_description", "instance_uid", "sop_code", "sop_description"),
            "procedure_code",
        ),
        map_records=map_imaging_studies,
    ),
)
