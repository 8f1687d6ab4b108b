"""Which files a delivery holds, and which format they are in."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.landing.records import FileRefusedError
from pipelines.landing.source_files import open_records
from pipelines.landing.unpacking import UnpackingError
from pipelines.sources.adapter import Adapter, Table

TABLE_ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt.gz")
UNFINISHED_ENDING = ".part"
MARKERS = {"_COMPLETE"}


class DeliveryError(Exception):
    """There is nothing to load, or it cannot be told what it is."""


@dataclass(frozen=True)
class DeliveredFile:
    """One file: its name in reports, its path, the table it stands for, if any."""

    name: str
    path: Path
    table: Table | None
    is_table_file: bool


def stem_of(path: Path) -> str:
    """Return a file's name without folder and ending."""
    name = path.name
    for ending in sorted(TABLE_ENDINGS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return path.stem


def delivered_files(path: Path, adapter: Adapter) -> list[DeliveredFile]:
    """Return the files of a delivery, those first that others refer to.

    Raises:
        DeliveryError: the path does not exist or holds no file.
    """
    paths = _paths(path)
    stems = [stem_of(each) for each in paths]
    order = {table.name: index for index, table in enumerate(adapter.tables)}
    files = []
    for each, stem in zip(paths, stems, strict=True):
        is_unique = stems.count(stem) == 1
        name = stem if is_unique else str(each.relative_to(path))
        is_table_file = each.name.lower().endswith(TABLE_ENDINGS)
        table = adapter.table_of(stem) if is_table_file else None
        name = name if is_table_file else each.name
        files.append(DeliveredFile(name, each, table, is_table_file))
    last = len(order)
    return sorted(
        files,
        key=lambda file: (order.get(file.table.name, last) if file.table else last, file.name),
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


def _score(path: Path, adapter: Adapter) -> int:
    score = 0
    for file in delivered_files(path, adapter):
        if file.table is None:
            continue
        try:
            header = open_records(file.path, file.table.delimiter).header
        except (FileRefusedError, UnpackingError, OSError):
            continue
        score += set(file.table.required) <= set(header)
    return score


def _paths(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        msg = f"nothing to load at {path}: give a folder or a file"
        raise DeliveryError(msg)
    found = sorted(
        each
        for each in path.rglob("*")
        if each.is_file() and each.name not in MARKERS and not each.name.startswith(".")
    )
    if not found:
        msg = f"{path} holds no file"
        raise DeliveryError(msg)
    return found
