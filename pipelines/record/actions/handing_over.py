"""An uploaded file as a delivery: a folder, complete from its first look.

Once it has landed, the archive has its bytes encrypted, and the folder goes.
"""

import os
import shutil
from pathlib import Path
from uuid import UUID

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from pipelines.sources.naming import RECORD

FORMAT, FORMAT_FOR_RECORD = "csv", "upload"
IS_UPLOAD = "select raw.is_upload(%s, %s)"
COMPLETE = "_COMPLETE"
GZIP = b"\x1f\x8b"


def folder_for(source_system: str) -> str:
    """Return the folder below the deliveries for uploads of a source."""
    format_name = FORMAT_FOR_RECORD if source_system == RECORD else FORMAT
    return f"{format_name}@{source_system}"


def write_delivery(folder: Path, name: str, content: bytes) -> None:
    """Write a folder with the file and its mark, whole or not at all.

    The file is called after its table: its own name may be a patient's.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = folder / f".{name}"  # the watch over the folder looks past hidden names
    ending = ".csv.gz" if content.startswith(GZIP) else ".csv"
    try:
        partial.mkdir(mode=0o700)
        _write_flushed(partial / f"lab_results{ending}", content)
        _write_flushed(partial / COMPLETE, b"")
        partial.rename(folder / name)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def remove_landed_upload(settings: Settings, path: Path) -> None:
    """Remove the folder of a delivery that has landed, if the upload page wrote it.

    What others deliver stays where they put it.
    """
    if is_upload(settings, path):
        shutil.rmtree(path)


def is_upload(settings: Settings, path: Path) -> bool:
    """Return whether the upload page wrote a folder of deliveries."""
    source_system = path.parent.name.partition("@")[2]
    is_in_place = path.parent == settings.deliveries_folder / folder_for(source_system)
    if not is_in_place or not path.is_dir():
        return False
    try:
        upload_id = UUID(path.name)
    except ValueError:
        return False
    with connect(settings, Role.LOADER) as connection:
        found = connection.execute(IS_UPLOAD, (upload_id, source_system)).fetchone()
    return found == (True,) and path.name == str(upload_id)


def _write_flushed(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
