"""Writes an uploaded file as a delivery: a folder, complete from its first look."""

import os
import shutil
from pathlib import Path

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


def _write_flushed(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
