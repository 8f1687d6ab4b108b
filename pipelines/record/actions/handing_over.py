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

FORMAT = "csv"
IS_UPLOAD = "select raw.is_upload(%s, %s)"
COMPLETE = "_COMPLETE"
GZIP = b"\x1f\x8b"


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
    format_name, _, source_system = path.parent.name.partition("@")
    is_in_place = path.parent.parent == settings.deliveries_folder
    if format_name != FORMAT or not is_in_place or not path.is_dir():
        return
    try:
        upload_id = UUID(path.name)
    except ValueError:
        return
    with connect(settings, Role.LOADER) as connection:
        found = connection.execute(IS_UPLOAD, (upload_id, source_system)).fetchone()
    if found == (True,) and path.name == str(upload_id):
        shutil.rmtree(path)


def _write_flushed(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
