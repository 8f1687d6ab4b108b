"""Direct identifiers: encrypted each to its place, and found again by keyed hashes."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
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
    stated = zip(rows["record_id"], rows["content_hash"], strict=True)
    places = [f"{record_id}.{content_hash}" for record_id, content_hash in stated]
    names = [column.name for column in feed.direct_columns]
    if feed.name == "patients":
        names.append("source_patient_id")
    sealed = {
        name: _sealed(rows[name], places, f"identity.{feed.name}|{name}|", keyring)
        for name in names
    }
    return pl.DataFrame(
        {column.name: sealed.get(column.name, column) for column in rows.get_columns()}
    )


def search_tokens(feed: Feed, rows: pl.DataFrame, keyring: Keyring) -> pl.DataFrame:
    """Return the keyed hashes of all that patients are searched by; none else is."""
    if feed.name != "patients":
        return _tokens({}, keyring)
    # Many versions of a patient say the same about who it is, and patients share names,
    # and names beginnings: each word and each term is worked out once.
    told = rows.select("patient_key", *SOUGHT).unique()
    of_word, terms = cache(terms_of_word), defaultdict(set)
    for row in told.iter_rows(named=True):
        terms[row["patient_key"]].update(_sought(row, of_word), terms_of_patient(row))
    # As the primary key has them: PostgreSQL then takes two thirds of the time.
    return _tokens(terms, keyring).sort("kind", "token", "patient_key")


def write_search_tokens(connection: psycopg.Connection, tokens: pl.DataFrame) -> None:
    """Write tokens, those that are there already no second time."""
    if not tokens.height:
        return
    known = _with_tokens(connection, tokens["patient_key"])
    is_known = tokens["patient_key"].is_in(known)
    # Nobody else writes tokens of them: a source has one load at a time.
    copy_frame(connection, TOKENS, tokens.filter(~is_known))
    if known:
        _add_missing(connection, tokens.filter(is_known))


def _tokens(terms: dict[int, set[tuple[str, str]]], keyring: Keyring) -> pl.DataFrame:
    """Return each patient's terms as keyed hashes, each made once."""
    token = {term: keyring.search_token(*term) for term in set().union(*terms.values())}
    flat = list(chain.from_iterable(terms.values()))
    return pl.DataFrame(
        {
            "patient_key": np.repeat(
                np.fromiter(terms, np.int64), [len(each) for each in terms.values()]
            ),
            "kind": pl.Series([kind for kind, _ in flat], dtype=pl.String),
            "token": pl.Series([token[term] for term in flat], dtype=pl.String),
        }
    )


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
    values: pl.Series, places: list[str], prefix: str, keyring: Keyring
) -> pl.Series:
    if values.null_count() == len(values):
        return values
    given = values.to_list()
    sealed = iter(
        keyring.encrypt_all(
            [value for value in given if value is not None],
            [
                prefix + place
                for value, place in zip(given, places, strict=True)
                if value is not None
            ],
        )
    )
    found = [None if value is None else next(sealed) for value in given]
    return pl.Series(values.name, found, dtype=pl.String)
