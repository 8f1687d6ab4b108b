"""MIMIC-IV patients: sex, year of birth, death."""

import polars as pl

from pipelines.sources.adapter import Mapped, Table
from pipelines.sources.mimic.records import cleaned, feed_rows


def map_patients(records: pl.DataFrame) -> Mapped:
    """Turn ``patients.csv`` into patients.

    The year of birth is the anchor year less the age then. MIMIC writes 91 for every
    age above 89: the year of these patients is wrong by up to some years.
    """
    records = cleaned(records)
    patients = feed_rows(
        records,
        {
            "source_patient_id": "subject_id",
            "sex_code": "gender",
            "deceased_at": "dod",
        },
        birth_year=_birth_year(),
    )
    return Mapped({"patients": patients})


def _birth_year() -> pl.Expr:
    """Return anchor year less anchor age; unreadable ones stay text, to be refused."""
    year, age = pl.col("anchor_year"), pl.col("anchor_age")
    born = year.cast(pl.Int64, strict=False) - age.cast(pl.Int64, strict=False)
    as_delivered = pl.concat_str(year, age, separator=" - ")
    return pl.coalesce(born.cast(pl.String), as_delivered)


PATIENTS = Table(
    "patients",
    required=("subject_id", "gender", "anchor_age", "anchor_year"),
    optional=("anchor_year_group", "dod"),
    map_records=map_patients,
)

TABLES = (PATIENTS,)
