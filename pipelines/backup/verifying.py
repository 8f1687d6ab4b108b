"""Reads backups again, every byte, and tells what is not as it was sealed."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.backup.holders import BackupKeyError, Opener
from pipelines.backup.home_files import LABEL, read_head
from pipelines.backup.manifest import KeptFile, Manifest, Piece
from pipelines.backup.repository import (
    MANIFEST,
    PARTIAL,
    Repository,
    opened,
    piece_label,
    regular_files,
)
from pipelines.backup.sealed_file import DamageError
from pipelines.backup.server_copy import segments_between
from pipelines.backup.wal import LOG_NAME, SEGMENT_NAME, label_of

UNREADABLE = (DamageError, BackupKeyError)
LOCK = "lock"
FIRST_TIMELINE = "00000001"


def problems_of(
    repository: Repository, backup_id: str, opener: Opener, folder: Path | None = None
) -> list[str]:
    """Return what is wrong with one backup and the files that it shares.

    ``folder`` is where it lies while it is not published.
    """
    folder = folder or repository.backups / backup_id
    try:
        manifest = repository.manifest_in(folder, backup_id, opener)
    except UNREADABLE as problem:
        return [f"{backup_id}: {problem}"]
    found = [
        *_problems_of_pieces(manifest, folder, opener),
        *_problems_of_files(repository, manifest.files, opener),
        *_problems_of_chain(repository, manifest),
    ]
    return [f"{backup_id}: {problem}" for problem in found]


def verify_all(
    repository: Repository, opener: Opener
) -> Iterator[tuple[str, list[str]]]:
    """Yield what is read, and its problems: each backup, shared files, the log."""
    read: set[str] = set()
    systems: dict[str, str] = {}
    for listed in repository.all(opener):
        if listed.manifest is None:
            yield listed.backup_id, [f"{listed.backup_id}: {listed.problem}"]
            continue
        yield listed.backup_id, problems_of(repository, listed.backup_id, opener)
        read |= {file.file for file in listed.manifest.files}
        if listed.manifest.moment:
            first = listed.manifest.moment.segment
            systems.setdefault(listed.manifest.system, first)
    yield "files kept since", list(_problems_of_others(repository, read, opener))
    for system in _systems(repository):
        problems = problems_of_log(repository, system, systems.get(system), opener)
        yield "log", list(problems)
    yield "folder", list(_strangers(repository))


def problems_of_log(
    repository: Repository, system: str, first: str | None, opener: Opener
) -> Iterator[str]:
    """Yield what is wrong with one server's archived log, gaps included."""
    names = sorted(path.name for path in repository.wal(system).iterdir())
    for name in names:
        if name.endswith(PARTIAL):
            continue
        if not LOG_NAME.fullmatch(name):
            yield f"log: {name} does not belong there"
        elif problem := _unreadable(
            repository.wal(system) / name, label_of(system, name), opener
        ):
            yield f"log: {name}: {problem}"
    segments = [name for name in names if SEGMENT_NAME.fullmatch(name)]
    yield from _gaps(segments, first)
    yield from _lost_histories(names, first)


def _gaps(segments: list[str], first: str | None) -> Iterator[str]:
    """Yield the segments that lie between others, from the first one that is needed."""
    present = {segment[8:] for segment in segments}
    if not segments or first is None:
        return
    begin = max(first[8:], min(present)) if first[8:] not in present else first[8:]
    last = max(present)
    if begin > last:
        return
    for name in segments_between(f"00000000{begin}", f"00000000{last}"):
        if name[8:] not in present:
            yield f"log: the segment …{name[8:]} is missing"


def _lost_histories(names: list[str], first: str | None) -> Iterator[str]:
    """Yield the timelines after the first one needed that nothing leads to."""
    begin = first[:8] if first else ""
    timelines = {name[:8] for name in names if SEGMENT_NAME.fullmatch(name)}
    for timeline in sorted(timelines):
        if timeline > max(begin, FIRST_TIMELINE) and f"{timeline}.history" not in names:
            yield f"log: {timeline}.history is missing: what follows is not reached"


def _problems_of_pieces(
    manifest: Manifest, folder: Path, opener: Opener
) -> Iterator[str]:
    for piece in manifest.pieces:
        if problem := _problem_of_piece(piece, folder, manifest.backup_id, opener):
            yield f"{piece.name}: {problem}"
    expected = {MANIFEST, *(piece.file for piece in manifest.pieces)}
    for path in regular_files(folder):
        if path.relative_to(folder).as_posix() not in expected:
            yield f"{path.name} does not belong to it"


def _problem_of_piece(
    piece: Piece, folder: Path, backup_id: str, opener: Opener
) -> str:
    label = piece_label(backup_id, piece.name)
    try:
        with opened(folder / piece.file, opener, label) as content:
            found = content.sealed()
    except UNREADABLE as problem:
        return str(problem)
    return "" if found == piece.sealed else "is not what the manifest says"


def _problems_of_files(
    repository: Repository, files: list[KeptFile], opener: Opener
) -> Iterator[str]:
    for file in files:
        try:
            path = repository.files / file.file
            with opened(path, opener, LABEL + file.file) as content:
                found = content.sealed()
        except UNREADABLE as problem:
            yield f"file {file.file}: {problem}"
        else:
            if (found.byte_count, found.digest) != (file.byte_count, file.digest):
                yield f"file {file.file}: is not what the manifest says"


def _problems_of_chain(repository: Repository, manifest: Manifest) -> Iterator[str]:
    for backup_id in manifest.chain[:-1]:
        if backup_id not in repository.ids():
            yield f"it builds upon {backup_id}, which is missing"


def _problems_of_others(
    repository: Repository, read: set[str], opener: Opener
) -> Iterator[str]:
    """Yield what is wrong with the shared files that no backup holds yet."""
    for path in regular_files(repository.files):
        if path.name in read or path.name.endswith(PARTIAL):
            continue
        try:
            with opened(path, opener, LABEL + path.name) as content:
                read_head(content)
                content.sealed()
        except UNREADABLE as problem:
            yield f"file {path.name}: {problem}"


def _unreadable(path: Path, label: str, opener: Opener) -> str:
    try:
        with opened(path, opener, label) as content:
            content.sealed()
    except UNREADABLE as problem:
        return str(problem)
    return ""


def _systems(repository: Repository) -> list[str]:
    folder = repository.folder / "wal"
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def _strangers(repository: Repository) -> Iterator[str]:
    """Yield what lies in the folder of backups and is no part of one."""
    places = {repository.backups: 2, repository.files: 1, repository.folder / "wal": 2}
    for path in regular_files(repository.folder):
        if path.name.endswith(PARTIAL) or path == repository.folder / LOCK:
            continue
        inside = any(
            path.is_relative_to(place) and len(path.relative_to(place).parts) == depth
            for place, depth in places.items()
        )
        if not inside:
            yield f"{path.relative_to(repository.folder)} does not belong there"
