"""What a planted fault is: where, how, and which checks must find it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from tests.planted_faults.tables import Tables


class Base(StrEnum):
    """The clean records that a fault is planted into."""

    HOSPITAL = "simulated hospital"
    MIMIC = "MIMIC-IV demo"
    SERIES = "40 daily loads"


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    ``plant`` returns the tables with this one fault; ``found_by`` names the checks, any
    of which finds it by what is wrong and not by what follows from it. Names may end in
    ``*``, for one question that is asked of many columns.
    """

    name: str
    base: Base
    told: str
    table: str
    plant: Callable[[Tables, np.random.Generator], Tables]
    found_by: tuple[str, ...]


def chosen(rows: pl.DataFrame, share: float, random: np.random.Generator) -> pl.Expr:
    """Return which rows of a table are hit, ``share`` of them."""
    return pl.lit(pl.Series(random.random(rows.height) < share))


def changed(
    table: str,
    share: float = 1.0,
    where: pl.Expr | None = None,
    **columns: pl.Expr,
) -> Callable[[Tables, np.random.Generator], Tables]:
    """Return what changes columns in a share of the rows of one table."""

    def plant(tables: Tables, random: np.random.Generator) -> Tables:
        rows = tables[table]
        hit = chosen(rows, share, random)
        if where is not None:
            hit = hit & where.fill_null(value=False)
        made = {
            name: pl.when(hit).then(column).otherwise(pl.col(name))
            for name, column in columns.items()
        }
        return {**tables, table: rows.with_columns(**made)}

    return plant


def left_out(
    table: str, share: float = 1.0
) -> Callable[[Tables, np.random.Generator], Tables]:
    """Return what leaves out the last ``share`` of the rows of one table."""

    def plant(tables: Tables, _: np.random.Generator) -> Tables:
        rows = tables[table]
        return {**tables, table: rows.head(round(rows.height * (1 - share)))}

    return plant


def told_twice(
    table: str, share: float, key: str
) -> Callable[[Tables, np.random.Generator], Tables]:
    """Return what delivers rows of one table again, under ids of their own."""

    def plant(tables: Tables, random: np.random.Generator) -> Tables:
        rows = tables[table]
        again = rows.filter(chosen(rows, share, random))
        again = again.with_columns((pl.lit("9") + pl.col(key)).alias(key))
        return {**tables, table: pl.concat([rows, again])}

    return plant


def moved(column: str, **by: int) -> pl.Expr:
    """Return a time column moved, in the spelling of the simulated hospital."""
    format_ = "%Y-%m-%dT%H:%M:%SZ"
    return (pl.col(column).str.to_datetime(format_) + pl.duration(**by)).dt.strftime(
        format_
    )


def scaled(column: str, factor: float) -> pl.Expr:
    """Return a column of numbers multiplied; what is no number stays as it is."""
    number = pl.col(column).cast(pl.Float64, strict=False)
    return (
        pl.when(number.is_null())
        .then(pl.col(column))
        .otherwise((number * factor).round(3).cast(pl.String))
    )
