"""Makes a backup: copied, sealed, read again, and only then given its name."""

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from pipelines.backup import fingerprints, logical
from pipelines.backup.holders import BackupKeys, Wrapped
from pipelines.backup.home_files import keep, kept_afterwards, kept_first
from pipelines.backup.key_files import ensure_backup_keys
from pipelines.backup.manifest import (
    LABEL,
    Fingerprint,
    KeptFile,
    Kind,
    Manifest,
    Moment,
    Piece,
)
from pipelines.backup.moment import Held, held_moment
from pipelines.backup.repository import (
    MANIFEST,
    PARTIAL,
    BackupError,
    Repository,
    new_id,
    publish,
    seal_file,
)
from pipelines.backup.retention import forget_old
from pipelines.backup.server_copy import (
    copy_server,
    remove_copies,
    seal_copy,
    seal_log,
)
from pipelines.backup.verifying import problems_of
from pipelines.backup.wal import fetch_log, system_of, timeline_of
from pipelines.database import embedded
from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import DATABASES
from pipelines.settings import Settings

Progress = Callable[[str], object]


@dataclass(frozen=True)
class Wanted:
    """What kind of backup is asked for, and where it goes."""

    folder: Path
    is_incremental: bool = False
    # Without a second holder nothing opens the backup once this machine is lost.
    is_alone: bool = False
    chains_kept: int | None = None


def make_backup(settings: Settings, wanted: Wanted, progress: Progress) -> Manifest:
    """Make, verify and publish one backup.

    Raises:
        BackupError: it cannot be made; nothing is listed.
        ServerError: the server cannot be copied.
    """
    _refuse_inside(settings, wanted.folder)
    keys = ensure_backup_keys(settings.keys_folder)
    _refuse_alone(keys, wanted)
    repository = Repository(wanted.folder.expanduser().resolve())
    with _only_one_at_a_time(repository):
        repository.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
        repository.sweep()
        made = _Making(settings, repository, keys, progress).make(wanted)
        if wanted.chains_kept:
            forget_old(repository, keys.opener(), wanted.chains_kept)
    return made


class _Making:
    """One backup on its way."""

    def __init__(
        self,
        settings: Settings,
        repository: Repository,
        keys: BackupKeys,
        progress: Progress,
    ) -> None:
        self._settings, self._repository = settings, repository
        self._keys, self._progress = keys, progress
        self._key: Wrapped = keys.new_data_key()
        self._id = new_id()
        self._partial = repository.backups / f"{self._id}{PARTIAL}"
        self._listed = [each.manifest for each in repository.all(keys.opener())]
        self._known = {
            file.file: file
            for manifest in self._listed
            if manifest
            for file in manifest.files
        }

    def make(self, wanted: Wanted) -> Manifest:
        began_at = datetime.now(UTC).isoformat()
        self._partial.mkdir(mode=0o700)
        parent = self._parent() if wanted.is_incremental else None
        # A key that is made while this runs would be missing for what it encrypts.
        keys_before = self._keep(self._settings.keys_folder.iterdir())
        files = self._keep(kept_first(self._settings))
        start = self._start_of(parent, began_at)
        made = (
            self._logical(start)
            if self._settings.database_url
            else (self._physical(start, parent))
        )
        already = {file.path for file in files}
        files += self._keep(kept_afterwards(self._settings, already))
        self._refuse_other_keys(keys_before, files)
        manifest = replace(made, files=files, ended_at=datetime.now(UTC).isoformat())
        self._publish(manifest)
        return manifest

    def _start_of(self, parent: Manifest | None, began_at: str) -> Manifest:
        is_external = bool(self._settings.database_url)
        with psycopg.connect(**administrator_conninfo(self._settings)) as server:
            version = server.info.server_version
        kind = Kind.INCREMENTAL if parent else Kind.FULL
        return Manifest(
            backup_id=self._id,
            kind=Kind.LOGICAL if is_external else kind,
            chain=[*(parent.chain if parent else []), self._id],
            began_at=began_at,
            ended_at="",
            mode=self._settings.mode.value,
            system="" if is_external else system_of(self._settings),
            server_version=version,
            pieces=[],
            files=[],
            moment=None,
            fingerprints=[],
        )

    def _parent(self) -> Manifest | None:
        """Return the newest backup of this very server, None if there is none.

        A restored server has no summary of what changed since the restore's end, and
        may have gone on from before the newest backup: nothing builds upon that.
        """
        if self._settings.database_url:
            return None
        system = system_of(self._settings)
        usable = [each for each in self._listed if each and each.system == system]
        if not usable:
            self._progress("no backup to build upon: this one is full")
            return None
        newest = usable[-1]
        if not newest.is_of_timeline(timeline_of(self._settings)):
            self._progress("the server was restored since: this one is full")
            return None
        return newest

    def _logical(self, start: Manifest) -> Manifest:
        self._progress("dumping what is not derived")
        pieces, prints = logical.dump(
            self._settings, self._partial, self._id, self._key
        )
        return replace(start, pieces=pieces, fingerprints=prints)

    def _physical(self, start: Manifest, parent: Manifest | None) -> Manifest:
        where = embedded.place(self._settings)
        try:
            self._progress("copying the server")
            copy = copy_server(
                self._settings, self._repository, parent, self._keys.opener()
            )
            with held_moment(self._settings, where) as held:
                self._progress("fingerprints of every table")
                prints, unread = self._fingerprints(held)
            self._progress("compressing and encrypting")
            pieces: list[Piece] = seal_copy(copy, self._partial, self._id, self._key)
            pieces.append(
                seal_log(where, copy, held.segment, self._partial, self._id, self._key)
            )
        finally:
            remove_copies(where)
        if self._settings.backup_folder:
            fetch_log(self._settings, self._repository, self._keys)
        moment = Moment(held.position, held.taken_at, held.segment)
        return replace(
            start,
            pieces=pieces,
            moment=moment,
            fingerprints=prints,
            unread_tables=unread,
        )

    def _fingerprints(self, held: Held) -> tuple[list[Fingerprint], list[str]]:
        found: list[Fingerprint] = []
        unread: list[str] = []
        for database in DATABASES:
            login = administrator_conninfo(self._settings, database.name)
            with psycopg.connect(**login, autocommit=True) as connection:
                fingerprints.prepare(connection)
                snapshot = held.snapshots[database.name]
                for table in fingerprints.tables_at(connection, snapshot):
                    one = fingerprints.read_in_snapshot(
                        connection, database.name, table, snapshot
                    )
                    if one:
                        found.append(one)
                    else:
                        unread.append(f"{database.name}.{table.full_name}")
        return found, unread

    def _keep(self, paths: Iterable[Path]) -> list[KeptFile]:
        root, known = self._settings.root, self._known
        kept = [keep(self._repository, root, path, self._key, known) for path in paths]
        files = [file for file in kept if file]
        known |= {file.file: file for file in files}
        return files

    def _refuse_other_keys(self, before: list[KeptFile], files: list[KeptFile]) -> None:
        place = self._settings.keys_folder.relative_to(self._settings.root).as_posix()
        after = {each.file for each in files if each.path.startswith(f"{place}/")}
        if after != {each.file for each in before}:
            msg = "keys were changed while the backup ran: make it again"
            raise BackupError(msg)

    def _publish(self, manifest: Manifest) -> None:
        """Write the manifest, read everything again, and only then give it a name."""

        def write(writer: object) -> None:
            writer.write(manifest.written())

        label = LABEL + manifest.backup_id
        seal_file(self._partial / MANIFEST, self._key, label, write)
        self._progress("reading it again")
        problems = problems_of(
            self._repository, manifest.backup_id, self._keys.opener(), self._partial
        )
        if problems:
            msg = f"the backup cannot be read again: {problems[0]}"
            raise BackupError(msg)
        publish(self._partial, self._repository.backups / manifest.backup_id)


def _refuse_inside(settings: Settings, folder: Path) -> None:
    if folder.expanduser().resolve().is_relative_to(settings.root):
        msg = f"{folder} lies in EHR_HOME and would be lost with it: take another disk"
        raise BackupError(msg)


def _refuse_alone(keys: BackupKeys, wanted: Wanted) -> None:
    if not keys.holders and not wanted.is_alone:
        msg = (
            "no second holder: with this machine lost, nothing opens the backup; run "
            "'ehr backup holder new FILE', or say --alone"
        )
        raise BackupError(msg)


@contextmanager
def _only_one_at_a_time(repository: Repository) -> Iterator[None]:
    repository.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (repository.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            msg = "another backup is being made in this folder: wait for it"
            raise BackupError(msg) from None
        yield
