"""Messages and resources of other makers, repeated as those of other patients.

A copy differs where content decides identity: numbers of messages and of patients in
HL7 v2, every id and reference in FHIR. So tenfold is ten times as many facts, and none
is known already.
"""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.catalogue import ADAPTERS

MESSAGES, RESOURCES = "hl7v2", "fhir_r4_615_patients"
# As a listener hands messages over, which is how MLLP parts them.
START, END = b"\x0b", b"\x1c\r"
# Where a copy's own number goes; no message and no resource holds this byte.
MARK = b"\x00"
LINE_END = re.compile(rb"(\r\n|\r|\n)")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Fields, as split at the separator, that say which message it is and whose.
OWN_FIELDS = {b"MSH": (9,), b"PID": (2, 3), b"MRG": (1,)}
NULL = b'""'
UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PACKED = ".ndjson.gz"


@dataclass(frozen=True)
class Corpus:
    """A delivery: a file or folder, with what it holds."""

    path: Path
    records: int
    byte_count: int


def repeat_messages(folder: Path, target: Path, copies: int) -> Corpus:
    """Write all messages of a folder ``copies`` times into one file."""
    files = sorted(folder.rglob("*.hl7"))
    marked = [_marked_message(each.read_bytes()) for each in files]
    whole = b"".join(START + each + END for each in marked)
    with target.open("wb") as out:
        for copy in range(copies):
            out.write(_copied(whole, copy))
    return Corpus(target, copies * len(marked), target.stat().st_size)


def repeat_resources(
    folder: Path, target: Path, copies: int, *, is_taken_only: bool
) -> Corpus:
    """Write the resources of a folder ``copies`` times, unpacked, a file a kind.

    Args:
        folder: Files of lines, packed.
        target: The folder to write.
        copies: How many times.
        is_taken_only: Leave out the kinds that no feed takes.
    """
    target.mkdir()
    records = byte_count = 0
    for path in sorted(folder.glob(f"*{PACKED}")):
        name = path.name.removesuffix(PACKED)
        if is_taken_only and not _is_taken(name):
            continue
        lines = gzip.decompress(path.read_bytes()).rstrip(b"\n") + b"\n"
        marked = UUID.sub(rb"\g<0>" + MARK, lines)
        with (target / f"{name}.ndjson").open("wb") as out:
            for copy in range(copies):
                byte_count += out.write(_copied(marked, copy))
        records += copies * lines.count(b"\n")
    return Corpus(target, records, byte_count)


def _is_taken(kind: str) -> bool:
    table = ADAPTERS["fhir"].table_of(kind)
    return table is not None and table.map_records is not None


def _copied(marked: bytes, copy: int) -> bytes:
    return marked.replace(MARK, b".%d" % copy)


def _marked_message(content: bytes) -> bytes:
    """Return a message with a mark behind its number and those of its patient."""
    parts = LINE_END.split(content.removeprefix(BYTE_ORDER_MARK))
    signs = b""
    for place in range(0, len(parts), 2):
        name = parts[place][:3]
        if name == b"MSH":
            signs = parts[place][3:6]
        if signs and name in OWN_FIELDS:
            parts[place] = _marked_segment(parts[place], signs)
    return b"".join(parts)


def _marked_segment(line: bytes, signs: bytes) -> bytes:
    separator, component, repetition = (signs[n : n + 1] for n in range(3))
    fields = line.split(separator)
    for number in OWN_FIELDS[line[:3]]:
        if number < len(fields):
            own = fields[number].split(repetition)
            fields[number] = repetition.join(_marked(each, component) for each in own)
    return separator.join(fields)


def _marked(text: bytes, component: bytes) -> bytes:
    first, sign, rest = text.partition(component)
    return text if first in (b"", NULL) else first + MARK + sign + rest
