"""Keys of patients and facts, and the keyed hash of a version's content."""

import hashlib
import hmac

import polars as pl
import psycopg

from pipelines.access.encryption import Keyring, patient_key_of
from pipelines.feeds.contract import Feed

# Records with control characters are refused before, so neither sign is in a value.
SEPARATOR = "\x1f"
ABSENT = "\x00"
HASH_BYTES = 16


class KeyCollisionError(Exception):
    """Two patients have the same key: in one of 10^9 installations of 10^5 patients."""


class PatientKeys:
    """Patient keys of one source, registered in the database as they are first seen."""

    def __init__(self, keyring: Keyring, source_system: str) -> None:
        self._keyring = keyring
        self._source_system = source_system
        self._keys: dict[str, int] = {}
        self._unregistered: list[tuple[int, bytes]] = []

    def of(self, patient_ids: pl.Series) -> pl.Series:
        """Return the key of each id; null stays null."""
        given, keys = patient_ids.to_list(), self._keys
        for patient_id in set(given):
            if patient_id is not None and patient_id not in keys:
                digest = self._keyring.patient_digest(self._source_system, patient_id)
                keys[patient_id] = patient_key_of(digest)
                self._unregistered.append((keys[patient_id], digest))
        found = [keys.get(patient_id) for patient_id in given]
        return pl.Series(patient_ids.name, found, dtype=pl.Int64)

    def take_new(self) -> list[tuple[int, bytes]]:
        """Return the keys made since the last call, with their digests."""
        new, self._unregistered = self._unregistered, []
        return new

    @staticmethod
    def register(
        connection: psycopg.Connection,
        source_system: str,
        new: list[tuple[int, bytes]],
    ) -> None:
        """Write new keys down; find a collision before a row lands under it.

        Raises:
            KeyCollisionError: another patient already has one of the keys.
        """
        if not new:
            return
        with connection.cursor() as cursor:
            _copy_new(cursor, new)
            cursor.execute(
                "insert into identity.patient_key (patient_key, source_system, digest) "
                "select patient_key, %s, digest from seen_patient "
                "on conflict do nothing",
                (source_system,),
            )
            collided = cursor.execute(
                "select count(*) from seen_patient left join identity.patient_key "
                "using (patient_key, digest) where patient_key.source_system is null"
            ).fetchone()
        if collided and collided[0]:
            msg = "two patients have the same key; nothing landed: tell the maintainers"
            raise KeyCollisionError(msg)


class GivenPatientKeys:
    """Patient keys of a source that has them from the warehouse: taken as they are."""

    def of(self, patient_ids: pl.Series) -> pl.Series:
        """Return the key that each text is; null where it is none."""
        return patient_ids.cast(pl.Int64, strict=False)

    def take_new(self) -> list[tuple[int, bytes]]:
        """Return no key: none is made here."""
        return []


def _copy_new(cursor: psycopg.Cursor, new: list[tuple[int, bytes]]) -> None:
    cursor.execute(
        "create temp table if not exists seen_patient "
        "(patient_key bigint, digest bytea) on commit drop"
    )
    cursor.execute("truncate seen_patient")
    with cursor.copy("copy seen_patient from stdin (format binary)") as copy:
        copy.set_types(["int8", "bytea"])
        for row in new:
            copy.write_row(row)


def content_hashes(feed: Feed, text: pl.DataFrame, keyring: Keyring) -> pl.Series:
    """Return the keyed hash of each row's whole content, as 32 hex digits."""
    names = [name for name in feed.delivered_columns if name != "record_id"]
    return _hashes(text, names, keyring.hash_key("content"), "content_hash")


def record_ids(
    feed: Feed, text: pl.DataFrame, patient_keys: pl.Series | None, keyring: Keyring
) -> pl.Series:
    """Return each row's record id: as delivered, else a keyed hash of its natural key.

    A patient's record id would tell the record number, so it is the patient key in hex.
    """
    if feed.name == "patients" and patient_keys is not None:
        keys = patient_keys.to_list()
        return pl.Series(
            "record_id", [None if key is None else f"{key:016x}" for key in keys]
        )
    given = text["record_id"]
    if given.null_count() == 0 or feed.natural_key == ("record_id",):
        return given
    made = _hashes(
        text, list(feed.natural_key), keyring.hash_key("content"), "record_id"
    )
    return text.select(pl.coalesce(pl.col("record_id"), made).alias("record_id"))[
        "record_id"
    ]


def _hashes(text: pl.DataFrame, names: list[str], key: bytes, alias: str) -> pl.Series:
    present = [name for name in names if text[name].null_count() < text.height]
    # Absent columns still count: their names stand before the values that are there.
    prefix = hashlib.blake2b(key=key, digest_size=HASH_BYTES)
    prefix.update(SEPARATOR.join(names).encode())
    joined = text.select(
        pl.concat_str(
            [
                pl.col(name).fill_null(ABSENT) if name in present else pl.lit(ABSENT)
                for name in names
            ],
            separator=SEPARATOR,
        )
    ).to_series()
    hashed = []
    for row in joined.cast(pl.Binary).to_list():
        digest = prefix.copy()
        digest.update(row)
        hashed.append(digest.hexdigest())
    return pl.Series(alias, hashed, dtype=pl.String)


def address_of(keyring: Keyring, *parts: str) -> str:
    """Return the keyed hash that names one quarantined text, as 32 hex digits."""
    message = SEPARATOR.join(parts).encode()
    return hmac.digest(keyring.hash_key("content"), message, "sha256").hex()[:32]
