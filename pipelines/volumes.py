"""The places where an installation writes, and whether each is an encrypted volume."""

import tempfile
from pathlib import Path

from pipelines.database import embedded
from pipelines.database.disk_encryption import Volume, unseen_volume, volume_of
from pipelines.settings import Settings

DATA, WAL, TEMPORARY = "data", "write-ahead log", "temporary files of the server"


def volumes(settings: Settings) -> list[Volume]:
    """Return every place with what can be said of it."""
    return [
        *_of_server(settings),
        volume_of("archive of deliveries", settings.archive_folder),
        volume_of("keys", settings.keys_folder),
        volume_of("logs and run-time files", settings.root),
        volume_of("temporary files of programs", Path(tempfile.gettempdir())),
    ]


def _of_server(settings: Settings) -> list[Volume]:
    if settings.database_url:
        return [unseen_volume(title) for title in (DATA, WAL, TEMPORARY)]
    data = embedded.place(settings).data_folder
    # Both may be links to another disk.
    return [
        volume_of(DATA, data),
        volume_of(WAL, data / "pg_wal"),
        volume_of(TEMPORARY, data / "base" / "pgsql_tmp"),
    ]
