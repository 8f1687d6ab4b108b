"""Cuts a delivery into pieces, as a source that exports in parts would send them."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

ENDINGS = (".csv", ".csv.gz")
REPEATED_SHARE = 0.2


def write_pieces(folder: Path, into: Path, *, count: int = 10, seed: int) -> list[Path]:
    """Write ``count`` deliveries that together hold the records of a folder's tables.

    Every table is cut into ``count`` runs of lines, each under the table's header; runs
    are dealt out in random order, and about one of five is delivered a second time.

    Args:
        folder: A delivery of CSV files, packed or not, in folders or not.
        into: Where the pieces are written.
        count: How many pieces.
        seed: Another seed, other pieces.

    Returns:
        The pieces' folders in the order in which to deliver them.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    pieces = [into / f"piece_{number:02}" for number in range(count)]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(ENDINGS):
            name = path.name.removesuffix(".gz")
            for number, part in zip(
                chance.sample(range(count), count), _runs(path, count), strict=True
            ):
                _write(pieces[number] / name, part)
                if chance.random() < REPEATED_SHARE:
                    other = pieces[chance.randrange(count)]
                    _write(other / f"again_{number}" / name, part)
    chance.shuffle(pieces)
    return pieces


def write_parts(folder: Path, into: Path, *, count: int) -> list[Path]:
    """Write deliveries that hold a folder's tables or resources one after the other.

    Each is cut into ``count`` runs of lines; where one has fewer, some deliveries go
    without it.

    Returns:
        The parts' folders in the order in which to deliver them.
    """
    parts = [into / f"part_{number:02}" for number in range(count)]
    for path in sorted(folder.rglob("*")):
        name = path.name.removesuffix(".gz")
        if name.endswith((".csv", ".ndjson")):
            for part, run in zip(parts, _runs(path, count), strict=True):
                if run.count(b"\n") > name.endswith(".csv"):
                    _write(part / name, run)
    return parts


def _runs(path: Path, count: int) -> Iterator[bytes]:
    header, *records = _records(path)
    if ".ndjson" in path.suffixes:
        header, records = b"", [header, *records]
    size = -(-len(records) // count) or 1
    for start in range(0, count * size, size):
        yield b"".join([header, *records[start : start + size]])


def _records(path: Path) -> list[bytes]:
    """Return a table's records as bytes: a quoted field may go over several lines."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if ".ndjson" in path.suffixes:
        return content.splitlines(keepends=True)
    records, open_record = [], b""
    for line in content.splitlines(keepends=True) or [b""]:
        open_record += line
        if open_record.count(b'"') % 2 == 0:
            records.append(open_record)
            open_record = b""
    return [*records, open_record] if open_record else records


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
