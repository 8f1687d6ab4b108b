"""Cuts the files of a delivery into pieces that arrive in any order, some twice."""

import gzip
import random
from pathlib import Path

PIECES = 10
REPEATS = 3


def cut_into_pieces(source: Path, folder: Path, seed: int) -> list[Path]:
    """Return the folders of ten pieces in random order, three of them once more.

    Each row of each file is in one piece, under the file's header; the last line of a
    file that ends without a line end goes along as it is.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    for path in sorted(source.rglob("*.csv.gz")):
        _scatter(path, folder, chance)
    pieces = sorted(folder.iterdir())
    order = pieces + chance.sample(pieces, REPEATS)
    chance.shuffle(order)
    return order


def _scatter(path: Path, folder: Path, chance: random.Random) -> None:
    with gzip.open(path, "rt", newline="") as text:
        header, *records = _records(text.read())
    parts: dict[int, list[str]] = {}
    for record in records:
        parts.setdefault(chance.randrange(PIECES), []).append(record)
    for number, part in parts.items():
        chance.shuffle(part)
        target = folder / f"piece-{number}" / path.name.removesuffix(".gz")
        target.parent.mkdir(parents=True, exist_ok=True)
        # An unfinished last line stays the last, or it would join the next one.
        part.sort(key=lambda record: not record.endswith("\n"))
        target.write_text(header + "".join(part), newline="")


def _records(text: str) -> list[str]:
    """Return the records with their line ends; a quoted field may hold some, too."""
    lines = text.splitlines(keepends=True)
    records, start = [], 0
    for end in range(1, len(lines) + 1):
        record = "".join(lines[start:end])
        if record.count('"') % 2 == 0:
            records.append(record)
            start = end
    return records
