"""Which files a delivery holds, and which format they are in."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipelines.landing.headers import FileRefusedError
from pipelines.landing.readers import reader_of
from pipelines.landing.source_files import chunks_of
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.sources.adapter import Adapter, Table

TABLE_ENDINGS = (
    *(".csv.gz", ".tsv.gz", ".txt.gz", ".ndjson.gz", ".hl7.gz"),
    *(".csv", ".tsv", ".ndjson", ".hl7"),
)
MARKERS = {"_COMPLETE"}
LINK = "a link, which is not followed: deliver the file itself"
NO_FILE = "not a regular file: it is not opened"


class DeliveryError(Exception):
    """There is nothing to load, or it cannot be told what it is."""


@dataclass(frozen=True)
class DeliveredFile:
    """One file: its name in reports, its path, the table it stands for, if any.

    ``barred_because`` says why what has this name is not even opened.
    """

    name: str
    path: Path
    table: Table | None
    is_table_file: bool
    barred_because: str | None = None


def stem_of(path: Path) -> str:
    """Return a file's name without folder and ending."""
    for ending in TABLE_ENDINGS:
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return path.stem


def delivered_files(path: Path, adapter: Adapter) -> list[DeliveredFile]:
    """Return the files of a delivery, those first that others refer to.

    Raises:
        DeliveryError: the path does not exist or holds no file that can be opened.
    """
    paths = _paths(path)
    named = Counter(stem_of(each) for each in paths)
    files = [
        _delivered(each, path, adapter, is_unique=named[stem_of(each)] == 1)
        for each in paths
    ]
    if all(file.barred_because for file in files):
        found = ", ".join(f"{file.name} ({file.barred_because})" for file in files)
        msg = f"{path} holds no file to load" + (f": only {found}" if found else "")
        raise DeliveryError(msg)
    order = {table.name: index for index, table in enumerate(adapter.tables)}
    last = len(order)
    return sorted(
        files,
        key=lambda file: (
            order.get(file.table.name, last) if file.table else last,
            file.name,
        ),
    )


def guess_adapter(path: Path, adapters: dict[str, Adapter]) -> Adapter:
    """Return the adapter that knows most of the files by name and header.

    Raises:
        DeliveryError: none knows any, or several know equally many.
    """
    scores = {name: _score(path, adapter) for name, adapter in adapters.items()}
    best = max(scores.values(), default=0)
    fitting = [name for name, score in scores.items() if score == best]
    if best == 0 or len(fitting) > 1:
        known = ", ".join(adapters)
        msg = f"cannot tell the format of {path.name}: say --format, one of {known}"
        raise DeliveryError(msg)
    return adapters[fitting[0]]


def _delivered(
    path: Path, root: Path, adapter: Adapter, *, is_unique: bool
) -> DeliveredFile:
    is_table_file = path.name.lower().endswith(TABLE_ENDINGS)
    name = stem_of(path) if is_table_file else path.name
    if not is_unique:
        name = str(path.relative_to(root))
    table = adapter.table_of(stem_of(path)) if is_table_file else None
    if table and not table.ends_like(path.name):
        table = None
    if path == root:
        # Whoever names one file may name it by a link; in a folder it could lead out.
        return DeliveredFile(name, path.resolve(), table, is_table_file, _bar(path))
    return DeliveredFile(
        name, path, table, is_table_file, LINK if path.is_symlink() else _bar(path)
    )


def _bar(path: Path) -> str | None:
    return None if path.is_file() else NO_FILE


def _score(path: Path, adapter: Adapter) -> int:
    return sum(
        set(file.table.required) <= set(_header(file.path, file.table.delimiter))
        for file in delivered_files(path, adapter)
        if file.table and not file.barred_because
    )


def _header(path: Path, delimiter: str) -> list[str]:
    try:
        return list(reader_of(unpack(chunks_of(path)), delimiter).header)
    except (FileRefusedError, UnpackingError, OSError):
        return []


def _paths(path: Path) -> list[Path]:
    """Return everything below a folder that is no folder, without following links."""
    if not path.exists():
        msg = f"nothing to load at {path}: give a folder or a file"
        raise DeliveryError(msg)
    if not path.is_dir():
        return [path]
    return sorted(
        Path(folder) / name
        for folder, folders, names in os.walk(path)
        for name in [*names, *_links(Path(folder), folders)]
        if name not in MARKERS and not name.startswith(".")
    )


def _links(folder: Path, names: list[str]) -> list[str]:
    return [name for name in names if (folder / name).is_symlink()]
