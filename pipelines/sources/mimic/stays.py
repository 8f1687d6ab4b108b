"""MIMIC-IV stays: admissions, and the ward and service stays inside them.

All three are encounters. An admission's record id is its ``hadm_id``, which every other
file refers to; those of transfers and services carry a prefix.
"""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table
from pipelines.sources.mimic.records import cleaned, constant, feed_rows, joined_id

OBSERVATION_TYPES = ("AMBULATORY OBSERVATION", "DIRECT OBSERVATION", "EU OBSERVATION")
DISCHARGE_MARKER = "Marks the time of discharge, which the admission states."
UNKNOWN_LANGUAGE = "?"
PERSONAL_FACTS = (
    ("45404-1", "Marital status", "marital_status"),
    ("32624-9", "Race", "race"),
    ("54899-0", "Preferred language", "language"),
)


def map_admissions(records: pl.DataFrame) -> Mapped:
    """Turn ``admissions.csv`` into encounters, and what it says of the person.

    Marital status, race and language are recorded anew at every admission and can
    differ, so they become dated observations in social history. As patient rows they
    would fight with those of ``patients.csv``.
    """
    records = cleaned(records)
    is_observation = pl.col("admission_type").is_in(OBSERVATION_TYPES)
    encounters = feed_rows(
        records,
        {
            "record_id": "hadm_id",
            "source_patient_id": "subject_id",
            "practitioner_id": "admit_provider_id",
            "admission_type_name": "admission_type",
            "admission_source_name": "admission_location",
            "discharge_disposition_name": "discharge_location",
            "started_at": "admittime",
            "ended_at": "dischtime",
        },
        encounter_class_code=pl.when(is_observation)
        .then(pl.lit("observation"))
        .otherwise(pl.lit("inpatient")),
    )
    facts = [_personal_fact(records, *fact) for fact in PERSONAL_FACTS]
    return Mapped({"encounters": encounters, "social_history": pl.concat(facts)})


def _personal_fact(
    records: pl.DataFrame, code: str, name: str, column: str
) -> pl.DataFrame:
    """Return one observation per admission that states the fact."""
    states_it = pl.col(column).is_not_null() & (pl.col(column) != UNKNOWN_LANGUAGE)
    return feed_rows(
        records.filter(states_it),
        {
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "value_text": column,
            "observed_at": "admittime",
        },
        record_id=joined_id("hadm_id", prefix=f"admissions:{code}:"),
        observation_code=constant(code),
        code_system=constant("LOINC"),
        observation_name=constant(name),
    )


def map_transfers(records: pl.DataFrame) -> Mapped:
    """Turn ``transfers.csv`` into ward stays and emergency visits."""
    records = cleaned(records)
    is_marker = pl.col("eventtype").eq_missing(pl.lit("discharge"))
    encounters = feed_rows(
        records.filter(~is_marker),
        {
            "source_patient_id": "subject_id",
            "encounter_type_name": "eventtype",
            "part_of_encounter_id": "hadm_id",
            "location_name": "careunit",
            "started_at": "intime",
            "ended_at": "outtime",
        },
        record_id=joined_id("transfer_id", prefix="transfer:"),
        encounter_class_code=pl.when(pl.col("eventtype").eq_missing(pl.lit("ED")))
        .then(pl.lit("emergency"))
        .otherwise(pl.lit("ward_stay")),
    )
    markers = records.filter(is_marker).select(LINE, reason=pl.lit(DISCHARGE_MARKER))
    return Mapped({"encounters": encounters}, excluded=markers)


def map_services(records: pl.DataFrame) -> Mapped:
    """Turn ``services.csv`` into service stays, which end when the next one starts."""
    encounters = feed_rows(
        cleaned(records),
        {
            "source_patient_id": "subject_id",
            "part_of_encounter_id": "hadm_id",
            "service_name": "curr_service",
            "started_at": "transfertime",
        },
        record_id=joined_id(
            "hadm_id", "transfertime", "curr_service", prefix="service:"
        ),
        encounter_class_code=constant("service_stay"),
    )
    return Mapped({"encounters": encounters})


ADMISSIONS = Table(
    "admissions",
    required=("subject_id", "hadm_id", "admittime", "dischtime", "admission_type"),
    optional=(
        "deathtime",
        "admit_provider_id",
        "admission_location",
        "discharge_location",
        "insurance",
        "language",
        "marital_status",
        "race",
        "edregtime",
        "edouttime",
        "hospital_expire_flag",
    ),
    map_records=map_admissions,
)
TRANSFERS = Table(
    "transfers",
    required=(
        "subject_id",
        "hadm_id",
        "transfer_id",
        "eventtype",
        "careunit",
        "intime",
    ),
    optional=("outtime",),
    map_records=map_transfers,
)
SERVICES = Table(
    "services",
    required=("subject_id", "hadm_id", "transfertime", "curr_service"),
    optional=("prev_service",),
    map_records=map_services,
)

TABLES = (ADMISSIONS, TRANSFERS, SERVICES)
