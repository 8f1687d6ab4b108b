"""Synthea's conditions, allergies, procedures, immunizations, plans and devices."""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table
from pipelines.sources.synthea.code_systems import CVX, SNOMED_CT, stated_system
from pipelines.sources.synthea.record_id import record_id_of


def map_conditions(records: pl.DataFrame) -> Mapped:
    """Return conditions."""
    conditions = records.select(
        LINE,
        source_patient_id="patient",
        encounter_id="encounter",
        condition_code="code",
        code_system=stated_system(SNOMED_CT),
        condition_name="description",
        started_at="start",
        ended_at="stop",
    )
    return Mapped({"conditions": conditions})


def map_allergies(records: pl.DataFrame) -> Mapped:
    """Return allergies; before 2021 without system, type, category and reactions."""
    allergies = records.select(
        LINE,
        source_patient_id="patient",
        encounter_id="encounter",
        substance_code="code",
        code_system=stated_system(SNOMED_CT),
        substance_name="description",
        type_code="type",
        category_code="category",
        reaction_1_name="description1",
        reaction_1_severity_code="severity1",
        reaction_2_name="description2",
        reaction_2_severity_code="severity2",
        started_at="start",
        ended_at="stop",
    )
    return Mapped({"allergies": allergies})


def map_procedures(records: pl.DataFrame) -> Mapped:
    """Return procedures.

    A long stay lists each day's therapy under the first day's time: in 2022, 197 rows
    of physical therapy share their natural key with others and differ in nothing but
    cost. They are different rows, so the cost is in the record id. Rows alike in every
    column (627 in 2022) are one fact.
    """
    procedures = records.select(
        LINE,
        record_id_of("patient", "encounter", "code", "start", "date", "base_cost"),
        source_patient_id="patient",
        encounter_id="encounter",
        procedure_code="code",
        code_system=stated_system(SNOMED_CT),
        procedure_name="description",
        reason_code="reasoncode",
        reason_name="reasondescription",
        started_at=pl.coalesce("start", "date", "base_cost"),
        ended_at="stop",
    )
    return Mapped({"procedures": procedures})


def map_immunizations(records: pl.DataFrame) -> Mapped:
    """Return immunizations."""
    immunizations = records.select(
        LINE,
        source_patient_id="patient",
        encounter_id="encounter",
        vaccine_code="code",
        code_system=stated_system(CVX),
        vaccine_name="description",
        administered_at="date",
    )
    return Mapped({"immunizations": immunizations})


def map_careplans(records: pl.DataFrame) -> Mapped:
    """Return care plans.

    In 2017 one plan is several rows, one per activity, under one ``ID``; 17 plans there
    have two activities under one code, told apart by name alone.
    """
    care_plans = records.select(
        LINE,
        record_id_of("id", "code", "description"),
        source_patient_id="patient",
        encounter_id="encounter",
        plan_code="code",
        code_system=stated_system(SNOMED_CT),
        plan_name="description",
        reason_code="reasoncode",
        reason_name="reasondescription",
        started_at="start",
        ended_at="stop",
    )
    return Mapped({"care_plans": care_plans})


def map_devices(records: pl.DataFrame) -> Mapped:
    """Return devices; the number of the very device lands encrypted."""
    devices = records.select(
        LINE,
        source_patient_id="patient",
        encounter_id="encounter",
        device_code="code",
        code_system=stated_system(SNOMED_CT),
        device_name="description",
        unique_device_identifier="udi",
        started_at="start",
        ended_at="stop",
    )
    return Mapped({"devices": devices})


TABLES = (
    Table(
        name="conditions",
        required=("start", "stop", "patient", "encounter", "code", "description"),
        optional=("system",),
        map_records=map_conditions,
    ),
    Table(
        name="allergies",
        required=("start", "stop", "patient", "encounter", "code", "description"),
        optional=(
            *("system", "type", "category", "reaction1", "description1", "severity1"),
            *("reaction2", "description2", "severity2"),
        ),
        map_records=map_allergies,
    ),
    Table(
        name="procedures",
        required=("patient", "encounter", "code", "description", "reasoncode"),
        optional=("start", "stop", "date", "system", "base_cost", "reasondescription"),
        map_records=map_procedures,
    ),
    Table(
        name="immunizations",
        required=("date", "patient", "encounter", "code", "description"),
        optional=("system", "base_cost"),
        map_records=map_immunizations,
    ),
    Table(
        name="careplans",
        required=("id", "start", "stop", "patient", "encounter", "code", "description"),
        optional=("system", "reasoncode", "reasondescription"),
        map_records=map_careplans,
    ),
    Table(
        name="devices",
        required=("start", "stop", "patient", "encounter", "code", "udi"),
        optional=("description", "system"),
        map_records=map_devices,
    ),
)
