"""MIMIC-IV coding: the ICD diagnoses and procedures billed for each admission.

The record ids are the publisher's keys. Diagnoses carry no time; dbt takes it from the
admission.
"""

import polars as pl

from pipelines.sources.adapter import Mapped, Table
from pipelines.sources.mimic.code_lists import (
    DIAGNOSIS_SYSTEMS,
    PROCEDURE_SYSTEMS,
    icd_system,
)
from pipelines.sources.mimic.records import cleaned, constant, feed_rows, joined_id

RECORD_ID = joined_id("hadm_id", "seq_num", "icd_version", "icd_code")


def map_diagnoses(records: pl.DataFrame) -> Mapped:
    """Turn ``diagnoses_icd.csv`` into billed conditions."""
    conditions = feed_rows(
        cleaned(records),
        {
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "condition_code": "icd_code",
            "sequence_number": "seq_num",
        },
        record_id=RECORD_ID,
        code_system=icd_system(DIAGNOSIS_SYSTEMS),
        category_code=constant("billing"),
    )
    return Mapped({"conditions": conditions})


def map_procedures(records: pl.DataFrame) -> Mapped:
    """Turn ``procedures_icd.csv`` into procedures, known to the day."""
    procedures = feed_rows(
        cleaned(records),
        {
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "procedure_code": "icd_code",
            "sequence_number": "seq_num",
            "started_at": "chartdate",
        },
        record_id=RECORD_ID,
        code_system=icd_system(PROCEDURE_SYSTEMS),
    )
    return Mapped({"procedures": procedures})


TABLES = (
    Table(
        "diagnoses_icd",
        required=("subject_id", "hadm_id", "seq_num", "icd_code", "icd_version"),
        map_records=map_diagnoses,
    ),
    Table(
        "procedures_icd",
        required=(
            "subject_id",
            "hadm_id",
            "seq_num",
            "chartdate",
            "icd_code",
            "icd_version",
        ),
        map_records=map_procedures,
    ),
)
