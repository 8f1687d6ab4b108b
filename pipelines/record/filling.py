"""Filling an empty record from csv deliveries: what a former system knew.

A hospital that begins with this record brings its history along; the simulated hospital
does the same. Every line becomes a version of an entry, at the time that its source
states, in the name of the import. Patients get the keys that their numbers lead to, so
that a file which names the same numbers later finds the same patients.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import polars as pl
import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring, patient_key_of
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.record.tables import content_columns, place_of, recorded_feeds, table_of
from pipelines.sources.naming import RECORD

USER_ID, USER_NAME, ROLE = "import", "Taken over from the former system", "import"
IS_EMPTY = "select not exists (select 1 from {})"
NUMBER = "patient_number"
PATIENT = "source_patient_id"
Progress = Callable[[str, int], None]


class FillingError(Exception):
    """The record cannot be filled; nothing was written."""


def fill_record(
    record: psycopg.Connection,
    keyring: Keyring,
    folder: Path,
    progress: Progress = lambda _feed, _rows: None,
) -> dict[str, int]:
    """Write every ``<feed>.csv`` of a folder into an empty record, as the owner.

    Lines that repeat another in every column add nothing. ``progress`` is called with
    each feed and how many versions were written.

    Returns:
        Versions written, by feed.

    Raises:
        FillingError: the record holds entries already.
    """
    written = {}
    with record.transaction():
        for feed in recorded_feeds():
            path = folder / f"{feed.name}.csv"
            if not path.exists():
                continue
            _require_empty(record, feed)
            rows = _versions(feed, path, keyring)
            _copy(record, feed, rows)
            written[feed.name] = rows.height
            progress(feed.name, rows.height)
    return written


def is_filled(record: psycopg.Connection) -> bool:
    """Return whether the record knows patients already, as the owner."""
    statement = sql.SQL(IS_EMPTY).format(table_of(FEEDS["patients"]))
    return not record.execute(statement).fetchone()[0]


def _require_empty(record: psycopg.Connection, feed: Feed) -> None:
    statement = sql.SQL(IS_EMPTY).format(table_of(feed))
    if not record.execute(statement).fetchone()[0]:
        msg = f"the record already holds {feed.name}: fill an empty one"
        raise FillingError(msg)


def _versions(feed: Feed, path: Path, keyring: Keyring) -> pl.DataFrame:
    """Return the versions of a file, in the columns of the record's table."""
    lines = pl.read_csv(path, infer_schema=False).unique(maintain_order=True)
    lines = lines.with_columns(
        version_id=pl.Series(
            [str(uuid4()) for _ in range(lines.height)], dtype=pl.String
        ),
        changed_at=pl.col("source_updated_at").fill_null(datetime.now(UTC).isoformat()),
        is_entered_in_error=pl.col("is_deleted").fill_null("false"),
    )
    if feed.name == "patients":
        lines = lines.with_columns(pl.col(PATIENT).alias(NUMBER))
    if feed.has_patient:
        lines = _with_keys(feed, lines, keyring)
    lines = lines.sort("record_id", "changed_at", maintain_order=True).with_columns(
        supersedes=pl.col("version_id").shift(1).over("record_id"),
        changed_by_user_id=pl.lit(USER_ID),
        changed_by_name=pl.lit(USER_NAME),
        changed_by_role_code=pl.lit(ROLE),
    )
    return _sealed(feed, lines, keyring).select(_columns(feed))


def _with_keys(feed: Feed, lines: pl.DataFrame, keyring: Keyring) -> pl.DataFrame:
    """Return the lines with patients by their keys; a patient's own id is the key."""
    named = {PATIENT: "patient_key", **{name: name for name in feed.patient_references}}
    lines = lines.with_columns(
        _keys(lines[name], keyring).alias(key) for name, key in named.items()
    )
    if feed.name != "patients":
        return lines
    hexadecimal = [f"{key:016x}" for key in lines["patient_key"]]
    return lines.with_columns(pl.Series("record_id", hexadecimal))


def _keys(numbers: pl.Series, keyring: Keyring) -> pl.Series:
    distinct = numbers.drop_nulls().unique().to_list()
    keys = [patient_key_of(keyring.patient_digest(RECORD, each)) for each in distinct]
    return numbers.replace_strict(distinct, keys, default=None, return_dtype=pl.Int64)


def _sealed(feed: Feed, lines: pl.DataFrame, keyring: Keyring) -> pl.DataFrame:
    ids = lines["version_id"].to_list()
    return lines.with_columns(
        pl.Series(
            column.name,
            [
                None
                if value is None
                else keyring.encrypt(value, place_of(feed, column.name, version_id))
                for value, version_id in zip(lines[column.name], ids, strict=True)
            ],
            dtype=pl.String,
        )
        for column in feed.direct_columns
        if column.name in lines.columns
    )


def _columns(feed: Feed) -> list[str]:
    return [
        "version_id",
        "record_id",
        "supersedes",
        "is_entered_in_error",
        "changed_by_user_id",
        "changed_by_name",
        "changed_by_role_code",
        "changed_at",
        *(name for name, _ in content_columns(feed)),
    ]


def _copy(record: psycopg.Connection, feed: Feed, rows: pl.DataFrame) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        table_of(feed), names
    )
    text = io.BytesIO()
    rows.write_csv(text, include_header=False)
    # COPY does not go with row-level security: the owner is free of it until the end.
    _force(record, feed, "no force")
    with record.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text.getvalue())
    _force(record, feed, "force")


def _force(record: psycopg.Connection, feed: Feed, how: str) -> None:
    statement = sql.SQL("alter table {} {} row level security")
    record.execute(statement.format(table_of(feed), sql.SQL(how)))
