"""MIMIC-IV outpatient measurements (``omr``): weight, height, blood pressure, eGFR."""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table
from pipelines.sources.mimic.records import cleaned, constant, feed_rows

OMR_RESULTS = "mimic-omr"
UNKNOWN_RESULT = "A kind of outpatient measurement that the adapter does not know."
BLOOD_PRESSURE = "Blood Pressure"
EGFR = "eGFR"

# result_name: LOINC code, name, unit that the name states.
SINGLE_VALUES = {
    "Weight (Lbs)": ("29463-7", "Body weight", "[lb_av]"),
    "Weight": ("29463-7", "Body weight", None),
    "Height (Inches)": ("8302-2", "Body height", "[in_i]"),
    "Height": ("8302-2", "Body height", None),
    "BMI (kg/m2)": ("39156-5", "Body mass index", "kg/m2"),
    "BMI": ("39156-5", "Body mass index", None),
}
PRESSURES = (
    ("8480-6", "Systolic blood pressure", 0),
    ("8462-4", "Diastolic blood pressure", 1),
)
COMMON = {
    "source_patient_id": "subject_id",
    "sequence_number": "seq_num",
}


def map_omr(records: pl.DataFrame) -> Mapped:
    """Turn ``omr.csv`` into vital signs, two for a blood pressure, and eGFR results."""
    records = cleaned(records)
    name = pl.col("result_name")
    is_pressure = name.str.starts_with(BLOOD_PRESSURE)
    is_single = name.is_in(list(SINGLE_VALUES))
    is_egfr = name.str.starts_with(EGFR)
    pressures = records.filter(is_pressure)
    vital_signs = [_single_values(records.filter(is_single))]
    vital_signs += [_pressures(pressures, *pressure) for pressure in PRESSURES]
    is_known = (is_pressure | is_single | is_egfr).fill_null(value=False)
    unknown = records.filter(~is_known)
    return Mapped(
        {
            "vital_signs": pl.concat(vital_signs, how="diagonal"),
            "lab_results": _egfr(records.filter(is_egfr)),
        },
        excluded=unknown.select(LINE, reason=pl.lit(UNKNOWN_RESULT)),
    )


def _single_values(records: pl.DataFrame) -> pl.DataFrame:
    """Return measurements of one number; the unit is the one in the delivered name."""
    part = [
        pl.col("result_name").replace_strict(
            {name: value[index] for name, value in SINGLE_VALUES.items()},
            return_dtype=pl.String,
        )
        for index in range(3)
    ]
    return feed_rows(
        records,
        COMMON | {"value_text": "result_value", "measured_at": "chartdate"},
        observation_code=part[0],
        code_system=constant("LOINC"),
        observation_name=part[1],
        unit=part[2],
    )


def _pressures(
    records: pl.DataFrame, code: str, name: str, position: int
) -> pl.DataFrame:
    """Return one side of blood pressures such as 120/80.

    A text of another form becomes the value of both sides, for the landing to judge.
    """
    posture = pl.col("result_name").str.strip_prefix(BLOOD_PRESSURE).str.strip_chars()
    posture = pl.when(posture != "").then(posture.str.to_lowercase())
    value = pl.col("result_value")
    side = value.str.extract(r"^(\d+)/(\d+)$", position + 1)
    return feed_rows(
        records,
        COMMON | {"measured_at": "chartdate"},
        observation_code=constant(code),
        code_system=constant("LOINC"),
        observation_name=pl.concat_str(
            constant(name), ", " + posture, ignore_nulls=True
        ),
        value_text=pl.coalesce(side, value),
        unit=constant("mm[Hg]"),
        position_name=posture,
    )


def _egfr(records: pl.DataFrame) -> pl.DataFrame:
    """Return estimated filtration rates, which are laboratory results."""
    return feed_rows(
        records,
        COMMON
        | {
            "test_code": "result_name",
            "test_name": "result_name",
            "value_text": "result_value",
            "collected_at": "chartdate",
        },
        code_system=constant(OMR_RESULTS),
    )


TABLES = (
    Table(
        "omr",
        required=("subject_id", "chartdate", "seq_num", "result_name", "result_value"),
        map_records=map_omr,
    ),
)
