"""The columns of a feed as they land: typed, but numbers as they were spelled."""

import polars as pl

from pipelines.feeds.contract import ColumnType, Feed
from pipelines.landing.keys import GivenPatientKeys, PatientKeys
from pipelines.landing.raw_tables import reference_key
from pipelines.landing.typed import Typed
from pipelines.sources.adapter import LINE


def with_all_columns(feed: Feed, frame: pl.DataFrame) -> pl.DataFrame:
    """Return an adapter's rows with every delivered column of the feed as text."""
    given = {column.name: column for column in frame.get_columns()}
    absent = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    return pl.DataFrame(
        [
            *(
                given[name].cast(pl.String) if name in given else absent.alias(name)
                for name in feed.delivered_columns
            ),
            frame[LINE].cast(pl.Int64),
        ]
    )


def landing_rows(
    feed: Feed,
    text: pl.DataFrame,
    typed: Typed,
    patient_keys: PatientKeys | GivenPatientKeys,
) -> pl.DataFrame:
    """Return the contract's columns as they land, with line, time and deletion."""
    columns = [text[LINE], typed.frame["source_updated_at"]]
    is_deleted = typed.frame["is_deleted"]
    columns.append(
        is_deleted.fill_null(value=False) if is_deleted.null_count() else is_deleted
    )
    for column in feed.columns:
        if column.name in feed.patient_references:
            key = patient_keys.of(text[column.name])
            columns.append(key.alias(reference_key(column.name)))
        elif column.type == ColumnType.DECIMAL:
            columns.append(text[column.name])
        else:
            columns.append(typed.frame[column.name])
    rows = pl.DataFrame(columns)
    return _with_demographics(rows, text) if feed.name == "patients" else rows


def _with_demographics(rows: pl.DataFrame, text: pl.DataFrame) -> pl.DataFrame:
    """Derive ZIP3 and birth year here: after this the postal code is encrypted.

    Spreadsheets drop the zeros that a ZIP code begins with: they are put back.
    """
    postal_code = pl.col("postal_code").str.strip_chars()
    five = postal_code.str.extract(r"^(\d{3,5})(?:-\d{4})?$").str.zfill(5)
    nine = postal_code.str.extract(r"^(\d{7,9})$").str.zfill(9)
    digits = pl.coalesce(five, nine).str.slice(0, 3)
    return rows.with_columns(
        text["source_patient_id"],
        pl.coalesce(pl.col("zip3"), digits).alias("zip3"),
        pl.coalesce(
            pl.col("birth_year"), pl.col("birth_date").dt.year().cast(pl.Int64)
        ).alias("birth_year"),
    )
