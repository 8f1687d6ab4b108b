"""Writes accepted rows as versions: what is already known adds nothing.

A row is unchanged if the versions that precede it (those at the latest version time not
after its own) already hold its content. Otherwise it is a new version. Nothing is ever
updated or deleted. A source without version times has those of receipt: a fact that
changes from A to B and, in other bytes, back to A has three versions.
"""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import psycopg
from psycopg import sql

from pipelines.access.encryption import Keyring
from pipelines.feeds.contract import Feed
from pipelines.landing.copying import copy_frame
from pipelines.landing.identities import (
    encrypted,
    search_tokens,
    write_search_tokens,
)
from pipelines.landing.known_versions import KnownVersions
from pipelines.landing.origin import Origin
from pipelines.landing.raw_tables import identity_columns, raw_columns
from pipelines.sources.adapter import LINE

DELIVERED_AS = {"line_number": LINE, "is_closed": "is_deleted"}


class VersionWriter:
    """Writes the versions of one load, inside its transaction."""

    def __init__(
        self, connection: psycopg.Connection, source_system: str, keyring: Keyring
    ) -> None:
        self._connection = connection
        self._keyring = keyring
        self.known = KnownVersions(connection, source_system)
        self.touched: set[int] = set()

    def write(self, feed: Feed, rows: pl.DataFrame, origin: Origin) -> int:
        """Land the rows that are new; return how many."""
        versions = rows.hstack([_version_times(rows, origin)])
        fresh = self.known.fresh(feed, versions)
        if not fresh.height:
            return 0
        if feed.direct_columns:
            self._write_identities(feed, fresh, origin)
        else:
            self._copy("raw", feed, fresh, origin)
        if feed.has_patient:
            self.touched.update(fresh["patient_key"].to_list())
            self.touched.update(self.known.patients_of_known)
        return fresh.height

    def _write_identities(self, feed: Feed, rows: pl.DataFrame, origin: Origin) -> None:
        """Write rows with direct identifiers; these are sealed while others land."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="seal") as pool:
            sealed = pool.submit(encrypted, feed, rows, self._keyring.as_of_now())
            tokens = pool.submit(search_tokens, feed, rows, self._keyring)
            if not feed.is_identity_only:
                self._copy("raw", feed, rows, origin)
            self._copy("identity", feed, sealed.result(), origin)
            write_search_tokens(self._connection, tokens.result())

    def _copy(
        self, schema: str, feed: Feed, rows: pl.DataFrame, origin: Origin
    ) -> None:
        columns = raw_columns(feed) if schema == "raw" else identity_columns(feed)
        constants = {
            "source_system": origin.source_system,
            "adapter_revision": origin.adapter_revision,
            "delivery_id": origin.delivery_id,
            "file_id": origin.file_id,
            "known_from": origin.entry.received_at,
        }
        # Made of columns at once: each call of polars over a frame has its price.
        frame = pl.DataFrame(
            {
                name: pl.Series([constants[name]]).new_from_index(0, rows.height)
                if name in constants
                else rows[DELIVERED_AS.get(name, name)]
                for name, _ in columns
            }
        )
        copy_frame(self._connection, sql.Identifier(schema, feed.name), frame)


def _version_times(rows: pl.DataFrame, origin: Origin) -> pl.Series:
    """Return when each row was said: as its source has it, else when it came."""
    said_at = rows["source_updated_at"].alias("version_at")
    if said_at.null_count():
        return said_at.fill_null(origin.entry.received_at)
    return said_at
