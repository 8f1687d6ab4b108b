"""Files of the archive in the place of the files of a load: they are read again."""

from datetime import datetime
from pathlib import Path

from pipelines.landing.archive import Archive, Entry
from pipelines.landing.source_files import SourceFiles


class ArchivedFiles(SourceFiles):
    """Files that are in the archive already; their paths are their addresses."""

    def __init__(self, archive: Archive, received_at: datetime) -> None:
        super().__init__(archive, received_at, is_dry_run=False)
        self._entries = archive

    def keep(self, path: Path) -> Entry:
        """Return the entry that a path names; it was received when it first came."""
        return self._entries.entry(path.name)

    def keep_rest(self, path: Path, *_: object) -> tuple[Entry, int]:
        """Return the entry as it is: what an erasure took is no more in it."""
        return self.keep(path), 0
