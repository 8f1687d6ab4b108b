"""Which backups are kept: so many full ones, each with its increments."""

import shutil
from datetime import datetime
from pathlib import Path

from pipelines.backup.holders import Opener
from pipelines.backup.manifest import Manifest
from pipelines.backup.repository import PARTIAL, Repository, regular_files
from pipelines.backup.wal import SEGMENT_NAME


def forget_old(repository: Repository, opener: Opener, chains: int) -> list[str]:
    """Remove whole chains beyond so many, and what only they needed; return the ids.

    A backup whose manifest cannot be read is left for somebody to look at.
    """
    listed = repository.all(opener)
    manifests = [each.manifest for each in listed if each.manifest]
    heads = [each.backup_id for each in manifests if each.chain[0] == each.backup_id]
    kept_heads = set(heads[-chains:])
    old = [each for each in manifests if each.chain[0] not in kept_heads]
    kept = [each for each in manifests if each.chain[0] in kept_heads]
    # Increments first: no backup is ever listed without what it builds upon.
    for manifest in reversed(old):
        _remove(repository.backups / manifest.backup_id)
    if old and len(manifests) == len(listed):
        _forget_files(repository, kept)
        _forget_log(repository, kept)
    return [each.backup_id for each in old]


def _remove(folder: Path) -> None:
    """Take a backup off the list, then its pieces off the disk."""
    leaving = folder.with_name(f"{folder.name}{PARTIAL}")
    folder.rename(leaving)
    shutil.rmtree(leaving)


def _forget_files(repository: Repository, kept: list[Manifest]) -> None:
    """Remove shared files that no backup holds; newer ones may be held by the next."""
    needed = {file.file for manifest in kept for file in manifest.files}
    newest = max(datetime.fromisoformat(each.began_at) for each in kept).timestamp()
    for path in regular_files(repository.files):
        if path.name not in needed and path.stat().st_mtime < newest:
            path.unlink()


def _forget_log(repository: Repository, kept: list[Manifest]) -> None:
    """Remove the log from before the oldest backup of its server."""
    first: dict[str, str] = {}
    for manifest in kept:
        if manifest.moment:
            first.setdefault(manifest.system, manifest.moment.segment)
    for system, segment in first.items():
        folder = repository.wal(system)
        for path in list(folder.iterdir()) if folder.is_dir() else []:
            is_old = path.name[8:24] < segment[8:]
            if SEGMENT_NAME.fullmatch(path.name[:24]) and is_old:
                path.unlink()
