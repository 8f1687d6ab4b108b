"""Direct identifiers: encrypted each to its place, and found again by keyed hashes."""

from collections.abc import Callable
from functools import cache
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring, search_terms, terms_of_word
from pipelines.access.ties import terms_of_patient
from pipelines.feeds.contract import Feed
from pipelines.landing.copying import copy_frame

NAMES = ("given_name", "family_name", "maiden_name")
NUMBERS = (
    "medical_record_number",
    "patient_number",
    "national_id",
    "source_patient_id",
)
TOKENS = sql.Identifier("identity", "search_token")
# All that the patients are searched by.
SOUGHT = (*NAMES, *NUMBERS, "birth_date", "address_line", "postal_code")


def encrypted(feed: Feed, rows: pl.DataFrame, keyring: Keyring) -> pl.DataFrame:
    """Return the rows with every direct identifier sealed to its place."""
    places = rows.select(pl.format("{}.{}", "record_id", "content_hash")).to_series()
    names = [column.name for column in feed.direct_columns]
    if feed.name == "patients":
        names.append("source_patient_id")
    return rows.with_columns(
        _sealed(rows[name], places, f"identity.{feed.name}|{name}|", keyring)
        for name in names
    )


def write_search_tokens(
    connection: psycopg.Connection, patients: pl.DataFrame, keyring: Keyring
) -> None:
    """Write the keyed hashes of all that the patients are searched by."""
    # Many versions of a patient say the same about who it is, and patients share names,
    # and names beginnings: each word and each term is worked out once.
    told = patients.select("patient_key", *SOUGHT).unique()
    of_word, token = cache(terms_of_word), cache(keyring.search_token)
    terms = {
        (row["patient_key"], *term)
        for row in told.iter_rows(named=True)
        for term in (*_sought(row, of_word), *terms_of_patient(row))
    }
    columns = {
        "patient_key": [key for key, _, _ in terms],
        "kind": [kind for _, kind, _ in terms],
        "token": [token(kind, term) for _, kind, term in terms],
    }
    schema = {"patient_key": pl.Int64, "kind": pl.String, "token": pl.String}
    # As the primary key has them: PostgreSQL then takes two thirds of the time.
    frame = pl.DataFrame(columns, schema=schema).sort("kind", "token", "patient_key")
    is_known = frame["patient_key"].is_in(_with_tokens(connection, told["patient_key"]))
    # Nobody else writes tokens of them: a source has one load at a time.
    copy_frame(connection, TOKENS, frame.filter(~is_known))
    if is_known.any():
        _add_missing(connection, frame.filter(is_known))


def _with_tokens(connection: psycopg.Connection, patient_keys: pl.Series) -> list[int]:
    """Return which patients can be found already."""
    found = connection.execute(
        "select distinct patient_key from identity.search_token "
        "where patient_key = any(%s)",
        (patient_keys.unique().to_list(),),
    )
    return [patient_key for (patient_key,) in found]


def _add_missing(connection: psycopg.Connection, tokens: pl.DataFrame) -> None:
    connection.execute(
        "create temp table if not exists seen_token "
        "(patient_key bigint, kind text, token uuid) on commit drop"
    )
    connection.execute("truncate seen_token")
    copy_frame(connection, sql.Identifier("seen_token"), tokens)
    connection.execute(
        "insert into identity.search_token (patient_key, kind, token) "
        "select patient_key, kind, token from seen_token on conflict do nothing"
    )


def _sought(
    row: dict[str, Any], of_word: Callable[[str], list[tuple[str, str]]]
) -> list[tuple[str, str]]:
    return search_terms(
        [row[name] for name in NAMES if row[name]],
        [row[number] for number in NUMBERS if row[number]],
        row["birth_date"].isoformat() if row["birth_date"] else None,
        of_word,
    )


def _sealed(
    values: pl.Series, places: pl.Series, prefix: str, keyring: Keyring
) -> pl.Series:
    is_there = values.is_not_null()
    if not is_there.any():
        return pl.Series(values.name, [None] * len(values), dtype=pl.String)
    sealed = keyring.encrypt_all(
        values.filter(is_there).to_list(),
        [prefix + place for place in places.filter(is_there).to_list()],
    )
    column = pl.Series(values.name, [None] * len(values), dtype=pl.String)
    return column.scatter(is_there.arg_true(), sealed)
