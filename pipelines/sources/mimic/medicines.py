"""MIMIC-IV medicines: what was ordered, and the pharmacy's side of each order.

Both carry ``pharmacy_id``, through which dbt joins them.
"""

import polars as pl

from pipelines.sources.adapter import Mapped, Table
from pipelines.sources.mimic.records import cleaned, constant, feed_rows, joined_id

NO_NDC = "0"  # written where there is no National Drug Code


def map_prescriptions(records: pl.DataFrame) -> Mapped:
    """Turn ``prescriptions.csv`` into prescriptions.

    The file has no id. Its publisher's key is pharmacy order, drug type and drug: one
    order can hold the drug and the fluid that it is given in.
    """
    prescriptions = feed_rows(
        cleaned(records),
        {
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "pharmacy_order_id": "pharmacy_id",
            "drug_code": "formulary_drug_cd",
            "drug_name": "drug",
            "gsn_code": "gsn",
            "drug_type_code": "drug_type",
            "strength_text": "prod_strength",
            "dose_text": "dose_val_rx",
            "dose_unit": "dose_unit_rx",
            "route_code": "route",
            "doses_per_day": "doses_per_24_hrs",
            "practitioner_id": "order_provider_id",
            "started_at": "starttime",
            "ended_at": "stoptime",
        },
        record_id=joined_id("pharmacy_id", "drug_type", "drug"),
        code_system=constant("mimic-formulary"),
        ndc_code=pl.when(pl.col("ndc") != NO_NDC).then(pl.col("ndc")),
    )
    return Mapped({"prescriptions": prescriptions})


def map_pharmacy(records: pl.DataFrame) -> Mapped:
    """Turn ``pharmacy.csv`` into dispenses; only a duration in days says days."""
    is_in_days = pl.col("duration_interval").eq_missing(pl.lit("Days"))
    dispenses = feed_rows(
        cleaned(records),
        {
            "record_id": "pharmacy_id",
            "source_patient_id": "subject_id",
            "encounter_id": "hadm_id",
            "pharmacy_order_id": "pharmacy_id",
            "drug_name": "medication",
            "status_code": "status",
            "route_code": "route",
            "frequency_text": "frequency",
            "doses_per_day": "doses_per_24_hrs",
            "quantity": "fill_quantity",
            "dispensed_at": "entertime",
            "started_at": "starttime",
            "ended_at": "stoptime",
        },
        days_supply=pl.when(is_in_days).then(pl.col("duration")),
    )
    return Mapped({"dispenses": dispenses})


PRESCRIPTIONS = Table(
    "prescriptions",
    required=("subject_id", "hadm_id", "pharmacy_id", "drug_type", "drug", "starttime"),
    optional=(
        "poe_id",
        "poe_seq",
        "order_provider_id",
        "stoptime",
        "formulary_drug_cd",
        "gsn",
        "ndc",
        "prod_strength",
        "form_rx",
        "dose_val_rx",
        "dose_unit_rx",
        "form_val_disp",
        "form_unit_disp",
        "doses_per_24_hrs",
        "route",
    ),
    map_records=map_prescriptions,
)
PHARMACY = Table(
    "pharmacy",
    required=("subject_id", "hadm_id", "pharmacy_id", "medication", "entertime"),
    optional=(
        "poe_id",
        "starttime",
        "stoptime",
        "proc_type",
        "status",
        "verifiedtime",
        "route",
        "frequency",
        "disp_sched",
        "infusion_type",
        "sliding_scale",
        "lockout_interval",
        "basal_rate",
        "one_hr_max",
        "doses_per_24_hrs",
        "duration",
        "duration_interval",
        "expiration_value",
        "expiration_unit",
        "expirationdate",
        "dispensation",
        "fill_quantity",
    ),
    map_records=map_pharmacy,
)

TABLES = (PRESCRIPTIONS, PHARMACY)
