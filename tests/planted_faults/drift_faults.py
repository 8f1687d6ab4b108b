"""Faults that a single load does not show: jumps and slow drift between loads."""

import numpy as np
import polars as pl

from expectations.series.measured import Kind
from tests.planted_faults.daily_loads import DriftFault, Plant

HOSPITAL, MIMIC = "simulated hospital", "MIMIC-IV demo"
GLUCOSE = pl.col("test_code") == "2345-7"
HAEMOGLOBIN = pl.col("test_code") == "718-7"
WEIGHT = pl.col("observation_code") == "29463-7"
NULL = pl.lit(None, dtype=pl.String)


def _scaled(column: str, factor: float) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64, strict=False)
    return (
        pl.when(number.is_null())
        .then(pl.col(column))
        .otherwise((number * factor).round(4).cast(pl.String))
    )


def _changed(share: float, where: pl.Expr | None = None, **columns: pl.Expr) -> Plant:
    """Return what changes columns in a share of the rows of every faulty load."""

    def plant(rows: pl.DataFrame, _: int, random: np.random.Generator) -> pl.DataFrame:
        hit = pl.lit(pl.Series(random.random(rows.height) < share))
        if where is not None:
            hit = hit & where.fill_null(value=False)
        return rows.with_columns(
            pl.when(hit).then(changed).otherwise(pl.col(name)).alias(name)
            for name, changed in columns.items()
        )

    return plant


def _drifting(column: str, percent: float, where: pl.Expr | None = None) -> Plant:
    """Return what scales numbers by so many percent more in every load."""

    def plant(
        rows: pl.DataFrame, number: int, random: np.random.Generator
    ) -> pl.DataFrame:
        factor = (1 + percent / 100) ** number
        return _changed(1, where, **{column: _scaled(column, factor)})(rows, 1, random)

    return plant


def _emptied(column: str, points: float) -> Plant:
    """Return what empties so many percent more of a column in every load."""

    def plant(
        rows: pl.DataFrame, number: int, random: np.random.Generator
    ) -> pl.DataFrame:
        return _changed(points / 100 * number, **{column: NULL})(rows, 1, random)

    return plant


def _kept(share: float) -> Plant:
    return lambda rows, _number, _random: rows.head(round(rows.height * share))


def _shrinking(percent: float) -> Plant:
    return lambda rows, number, _random: rows.head(
        round(rows.height * (1 - percent / 100) ** number)
    )


def _twice(
    rows: pl.DataFrame, _number: int, _random: np.random.Generator
) -> pl.DataFrame:
    return pl.concat([rows, rows])


def _moved(column: str, **by: int) -> Plant:
    return lambda rows, _number, _random: rows.with_columns(
        pl.col(column) + pl.duration(**by)
    )


DRIFT_FAULTS = (
    DriftFault(
        "slow_drift_of_glucose",
        "Glucose rises by 1 % with every load.",
        "lab_results",
        HOSPITAL,
        Kind.VALUES,
        _drifting("value_text", 1, GLUCOSE),
    ),
    DriftFault(
        "slow_drift_of_all_results",
        "All results fall by 1 % with every load.",
        "lab_results",
        MIMIC,
        Kind.VALUES,
        _drifting("value_text", -1),
    ),
    DriftFault(
        "a_tenth_scaled_from_one_day_on",
        "From one day on a tenth of glucose is 18 times too large.",
        "lab_results",
        HOSPITAL,
        Kind.VALUES,
        _changed(0.1, GLUCOSE, value_text=_scaled("value_text", 18)),
    ),
    DriftFault(
        "clock_one_day_off",
        "The laboratory's clock is a day ahead in one load.",
        "lab_results",
        HOSPITAL,
        Kind.DELAYS,
        _moved("collected_at", days=1),
        lasts=1,
    ),
    DriftFault(
        "time_zone_lost",
        "Times of vital signs lose their zone, five hours, in one load.",
        "vital_signs",
        HOSPITAL,
        Kind.DELAYS,
        _moved("measured_at", hours=-5),
        lasts=1,
    ),
    DriftFault(
        "cut_load",
        "One load of results breaks off after a third.",
        "lab_results",
        MIMIC,
        Kind.ROWS,
        _kept(0.33),
        lasts=1,
    ),
    DriftFault(
        "load_delivered_twice",
        "One load of vital signs holds every row twice.",
        "vital_signs",
        HOSPITAL,
        Kind.ROWS,
        _twice,
        lasts=1,
    ),
    DriftFault(
        "slow_loss_of_rows",
        "Of results 2 % more are missing with every load.",
        "lab_results",
        HOSPITAL,
        Kind.ROWS,
        _shrinking(2),
    ),
    DriftFault(
        "units_lost",
        "In one load the unit is empty in a tenth of the vital signs.",
        "vital_signs",
        HOSPITAL,
        Kind.FILLED,
        _changed(0.1, unit=NULL),
        lasts=1,
    ),
    DriftFault(
        "slow_loss_of_a_column",
        "The state is empty in 1 % more of the results with every load.",
        "lab_results",
        HOSPITAL,
        Kind.FILLED,
        _emptied("status_code", 1),
    ),
    DriftFault(
        "unit_mix",
        "A quarter of haemoglobin comes in g/L, with the right numbers.",
        "lab_results",
        HOSPITAL,
        Kind.UNITS,
        _changed(
            0.25,
            HAEMOGLOBIN,
            unit=pl.lit("g/L"),
            value_text=_scaled("value_text", 10),
        ),
        lasts=1,
    ),
    DriftFault(
        "code_mix",
        "A third of the diagnoses comes in another list of codes.",
        "conditions",
        HOSPITAL,
        Kind.CODES,
        _changed(0.33, code_system=pl.lit("SNOMED-CT")),
        lasts=1,
    ),
    DriftFault(
        "pounds_as_kilograms",
        "One ward's scales, half of all, tell pounds under the label kg.",
        "vital_signs",
        HOSPITAL,
        Kind.VALUES,
        _changed(0.5, WEIGHT, value_text=_scaled("value_text", 2.2046)),
        lasts=1,
    ),
    DriftFault(
        "amounts_in_cents",
        "Bills come in cents.",
        "claims",
        HOSPITAL,
        Kind.VALUES,
        lambda rows, _number, _random: rows.with_columns(pl.col("billed_amount") * 100),
        lasts=1,
    ),
)
