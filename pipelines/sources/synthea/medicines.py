"""Synthea's medications, which are prescriptions: ordered, not yet handed out."""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table
from pipelines.sources.synthea.code_systems import RXNORM, stated_system
from pipelines.sources.synthea.record_id import record_id_of


def map_medications(records: pl.DataFrame) -> Mapped:
    """Return prescriptions.

    One visit may order a medicine twice from the same minute on: once to be handed out
    there and once to go on with (27 pairs in 2022 and 2024). The price is the one
    column that parts every pair and stays when the prescription ends. ``STOP``,
    ``DISPENSES`` and the totals change then, and a changed id would leave the open
    version standing.
    """
    prescriptions = records.select(
        LINE,
        record_id_of(
            "patient", "encounter", "code", "description", "start", "base_cost"
        ),
        source_patient_id="patient",
        encounter_id="encounter",
        drug_code="code",
        code_system=stated_system(RXNORM),
        drug_name="description",
        dispenses_count="dispenses",
        status_code="status",
        reason_code="reasoncode",
        reason_name="reasondescription",
        started_at="start",
        ended_at="stop",
    )
    return Mapped({"prescriptions": prescriptions})


TABLES = (
    Table(
        name="medications",
        # The reason tells the file from conditions and allergies of 2017.
        required=(
            *("start", "stop", "patient", "encounter", "code", "description"),
            "reasoncode",
        ),
        optional=(
            *("system", "payer", "base_cost", "payer_coverage", "dispenses"),
            *("totalcost", "reasondescription", "status"),
        ),
        map_records=map_medications,
    ),
)
