"""Dumps what is not derived from an external server, and puts it into an empty one.

The copy is what pg_dump writes, sealed as it comes: nothing in plain touches a disk.
A restore to a moment between two backups is the business of the server's own tools.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from pipelines.backup import fingerprints
from pipelines.backup.holders import Opener, Wrapped
from pipelines.backup.manifest import Fingerprint, Manifest, Piece
from pipelines.backup.repository import (
    COPY_BYTES,
    BackupError,
    Repository,
    copied_into,
    opened,
    piece_label,
)
from pipelines.backup.sealed_file import SealedWriter
from pipelines.backup.server_copy import seal_piece
from pipelines.database import embedded
from pipelines.database.connections import connect, conninfo
from pipelines.database.databases import DATABASES, WAREHOUSE, Database
from pipelines.database.roles import RESEARCH_READERS, Role
from pipelines.settings import Settings

SNAPSHOT = "select pg_export_snapshot()"
# What the builder made is built anew.
OF_OTHERS = """
    select format('%%I.%%I', namespace.nspname, relation.relname)
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where relation.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and namespace.nspname not in ('pg_catalog', 'information_schema')
        and namespace.nspname !~ '^pg_(toast|temp)'
        and relation.relowner <> (select oid from pg_roles where rolname = %s)
"""
# The owner obeys the policies of its own tables, so one of them lets it read for this.
POLICY = "backup_reads_all"
UNREADABLE = """
    select namespace.nspname, relation.relname
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where relation.relrowsecurity
        and relation.relforcerowsecurity
        and relation.relowner = (select oid from pg_roles where rolname = current_user)
        and not exists (
            select 1
            from pg_policy as policy
            where policy.polrelid = relation.oid and policy.polname = %s
        )
"""
NARROWED = """
    select format('%I.%I', schemaname, tablename)
    from pg_policies
    where permissive = 'RESTRICTIVE'
        and cmd in ('SELECT', 'ALL')
        and roles && array['public', current_user]::name[]
"""


def dump(
    settings: Settings, target: Path, backup_id: str, key: Wrapped
) -> tuple[list[Piece], list[Fingerprint]]:
    """Dump each database in one snapshot; return the pieces and what they hold.

    Raises:
        BackupError: pg_dump is missing or failed, or would leave rows out.
    """
    pieces: list[Piece] = []
    prints: list[Fingerprint] = []
    for database in DATABASES:
        with connect(settings, database.owner, database.name) as owner:
            let_owner_read_all(owner)
        with connect(settings, database.owner, database.name) as keeper:
            keeper.execute("set transaction isolation level repeatable read read only")
            snapshot = keeper.execute(SNAPSHOT).fetchone()[0]
            others = [
                name for (name,) in keeper.execute(OF_OTHERS, (database.owner.value,))
            ]
            pieces.append(
                _dump_one(
                    settings, database, (snapshot, others), target, backup_id, key
                )
            )
            prints += _fingerprints(settings, database, snapshot, set(others))
    return pieces, prints


def let_owner_read_all(owner: psycopg.Connection) -> None:
    """Make sure that a dump by the owner leaves no row out.

    Raises:
        BackupError: a restrictive policy would leave rows out.
    """
    owner.execute("set local lock_timeout = '10s'")
    for schema, table in owner.execute(UNREADABLE, (POLICY,)).fetchall():
        owner.execute(
            sql.SQL(
                "create policy {} on {} for select to current_user using (true)"
            ).format(sql.Identifier(POLICY), sql.Identifier(schema, table))
        )
    narrowed = owner.execute(NARROWED).fetchall()
    if narrowed:
        tables = ", ".join(name for (name,) in narrowed)
        msg = (
            f"policies hide rows of {tables} from their owner: the dump would lack them"
        )
        raise BackupError(msg)


def refuse_filled(settings: Settings) -> None:
    """Refuse to restore over something.

    Raises:
        BackupError: a database of ours holds tables already.
    """
    for database in DATABASES:
        with connect(settings, database.owner, database.name) as owner:
            if fingerprints.tables_of(owner):
                msg = (
                    f"database {database.name} is not empty: restore into a new server"
                )
                raise BackupError(msg)


def load(
    settings: Settings, repository: Repository, manifest: Manifest, opener: Opener
) -> None:
    """Put the dumps into the empty databases of an external server.

    Raises:
        BackupError: pg_restore failed.
    """
    for database in DATABASES:
        piece = manifest.piece(database.name)
        path = repository.backups / manifest.backup_id / piece.file
        label = piece_label(manifest.backup_id, piece.name)
        with (
            opened(path, opener, label) as content,
            _program(
                settings, database, "pg_restore", "--no-owner", "--exit-on-error"
            ) as process,
        ):
            while chunk := content.read(COPY_BYTES):
                process.stdin.write(chunk)
    with connect(settings, Role.OWNER, WAREHOUSE) as owner:
        owner.execute(
            sql.SQL("grant connect on database {} to {}").format(
                sql.Identifier(WAREHOUSE), sql.Identifier(RESEARCH_READERS)
            )
        )
        # What was built is not in the backup: the next build builds everything.
        owner.execute("update raw.build set project_digest = 'restored'")


def differences(settings: Settings, manifest: Manifest) -> Iterator[str]:
    """Yield how the loaded tables differ from those that were dumped."""
    for database in DATABASES:
        expected = {
            each.table: each
            for each in manifest.fingerprints
            if each.database == database.name
        }
        login = conninfo(settings, database.owner, database.name)
        with psycopg.connect(**login, autocommit=True) as connection:
            fingerprints.prepare(connection)
            for table in fingerprints.tables_of(connection):
                if one := expected.pop(table.full_name, None):
                    yield from fingerprints.differences(connection, table, one)
        yield from (f"{name} is missing" for name in expected)


def _dump_one(
    settings: Settings,
    database: Database,
    scope: tuple[str, list[str]],
    target: Path,
    backup_id: str,
    key: Wrapped,
) -> Piece:
    snapshot, others = scope
    arguments = ["--format=custom", "--compress=0", "--enable-row-security"]
    arguments += [f"--snapshot={snapshot}", "--lock-wait-timeout=60s"]
    arguments += [f"--exclude-table={name}" for name in others]

    def write(writer: SealedWriter) -> None:
        with _program(settings, database, "pg_dump", *arguments) as process:
            copied_into(process.stdout)(writer)

    return seal_piece(target, backup_id, database.name, key, write)


def _fingerprints(
    settings: Settings, database: Database, snapshot: str, others: set[str]
) -> Iterator[Fingerprint]:
    login = conninfo(settings, database.owner, database.name)
    with psycopg.connect(**login, autocommit=True) as connection:
        fingerprints.prepare(connection)
        for table in fingerprints.tables_at(connection, snapshot):
            if table.full_name in others:
                continue
            one = fingerprints.read_in_snapshot(
                connection, database.name, table, snapshot
            )
            if one:
                yield one


class _program:  # noqa: N801 - reads as a noun in a with statement
    """Run a client program on one database; its failure is ours."""

    def __init__(
        self, settings: Settings, database: Database, program: str, *arguments: str
    ) -> None:
        self._program = program
        found = _path_of(settings, program)
        parameters = conninfo(settings, database.owner, database.name)
        password = parameters.pop("password")
        self._command = [found, *arguments, f"--dbname={make_conninfo(**parameters)}"]
        self._environment = {**os.environ, "PGPASSWORD": password}

    def __enter__(self) -> subprocess.Popen:
        """Start it, with pipes on both sides."""
        is_dump = self._program == "pg_dump"
        self._process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL if is_dump else subprocess.PIPE,
            stdout=subprocess.PIPE if is_dump else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # it may quote rows
        )
        return self._process

    def __exit__(self, kind: type | None, *_: object) -> None:
        """Wait for its end.

        Raises:
            BackupError: it failed.
        """
        if self._process.stdin:
            self._process.stdin.close()
        if kind:
            self._process.kill()
        if self._process.wait() and kind in {None, BrokenPipeError}:
            msg = f"{self._program} failed: see the log of the external server"
            raise BackupError(msg)


def _path_of(settings: Settings, program: str) -> str:
    """Return a client program: the bundled one knows no TLS, nor an older server."""
    if not settings.database_url:
        return str(embedded.client_path(settings, program))
    found = shutil.which(program)
    if found is None:
        msg = f"no {program} on this machine: install PostgreSQL's client programs"
        raise BackupError(msg)
    return found
