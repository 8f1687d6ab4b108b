"""Delivered lines behind an incident or a report: masked, and one whole for a reason.

Only lines that an incident names or a report is about. They are read from the archive;
whose they are is not known here, so the audit names files and lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipelines.access import audit
from pipelines.access.acting import let_in
from pipelines.access.delivered_headers import DeliveredHeaders
from pipelines.access.encryption import Keyring, load_keyring
from pipelines.access.known_texts import known_texts
from pipelines.access.masking import Field, shape_of, texts_to_look_up
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.access.refused_line import Line, fields_of
from pipelines.access.refused_rows import (
    LONGEST_REASON,
    SHORTEST_REASON,
    RefusedRowError,
)
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.archive import Archive
from pipelines.landing.archive_entry import ArchiveError
from pipelines.landing.headers import FileRefusedError
from pipelines.landing.readers import reader_of
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.settings import Settings
from pipelines.sources.catalogue import LANDED_BY

MOST_LINES = 20
Place = tuple[int, int]
# A line that no incident names and no report is about brings nothing.
PLACES = """
    with

    asked as (
        select place.file_id, place.line_number
        from unnest(%(files)s::bigint[], %(lines)s::bigint[])
            as place (file_id, line_number)
    ),

    listed as (
        select found.file_id, found.line_number
        from quality.mart_check_row as found
        union
        select report.file_id, report.line_number
        from quality.reports_to_answer() as report
    )

    select
        asked.file_id,
        asked.line_number,
        file.table_name,
        file.archive_address,
        delivery.delivery_id,
        delivery.source_system,
        delivery.adapter
    from asked
    inner join listed
        on asked.file_id = listed.file_id
        and asked.line_number = listed.line_number
    inner join raw.delivery_file as file
        on asked.file_id = file.file_id
    inner join raw.delivery as delivery
        on file.delivery_id = delivery.delivery_id
    order by asked.file_id, asked.line_number
"""


@dataclass(frozen=True)
class DeliveredLine:
    """One line as it may be shown; ``shape`` stands for what does not split.

    Both are empty where the archive has no such line any more.
    """

    file_id: int
    line_number: int
    delivery_id: int
    source_system: str
    table_name: str
    fields: Sequence[Field]
    shape: str


def feed_of(subject: str) -> str:
    """Return the feed whose words a relation's lines may show; empty if none."""
    for layer in ("stg_", "fct_", "dim_"):
        subject = subject.removeprefix(layer)
    return subject if subject in FEEDS else ""


def read_delivered_lines(
    settings: Settings, person: Person, feed: str, places: Sequence[Place]
) -> list[DeliveredLine]:
    """Return lines with what may be shown of them.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    rows = _read(settings, person, places[:MOST_LINES])
    keyring = load_keyring(settings.keys_folder)
    texts = _texts(settings, keyring, rows)
    headers = DeliveredHeaders(settings, keyring)
    lines = [_line(row, feed, texts.get(_place(row)), headers) for row in rows]
    asked = {
        pair
        for line in lines
        if line and line.header
        for pair in texts_to_look_up(
            line.adapter, line.header, line.text, line.delimiter
        )
    }
    known = known_texts(settings, person, {feed: asked} if feed else {})
    return [
        _delivered(row, line, fields_of(line, known) if line else [])
        for row, line in zip(rows, lines, strict=True)
    ]


def read_whole_delivered_line(
    settings: Settings, person: Person, place: Place, reason: str
) -> str:
    """Return one delivered line; the reason is in the audit before.

    Raises:
        RefusedRowError: there is no reason, or no such line.
        RuleError: the role may not.
        AuditError: the trail cannot be written; nothing is shown.
    """
    purpose = " ".join(reason.split())[:LONGEST_REASON]
    if len(purpose) < SHORTEST_REASON:
        msg = f"say in at least {SHORTEST_REASON} letters why you need the whole line"
        raise RefusedRowError(msg)
    let_in(settings, person, "unmask refused row")
    event = audit.Event(
        user_id=person.user_id,
        role=person.role,
        action="unmask",
        subject=f"delivered line: file {place[0]}, line {place[1]}",
        row_count=1,
        purpose=purpose,
    )
    audit.append(settings, event)
    rows = _read(settings, person, [place])
    text = _texts(settings, load_keyring(settings.keys_folder), rows).get(place)
    if text is None:
        msg = "this line is not kept any more"
        raise RefusedRowError(msg)
    return text


def _read(
    settings: Settings, person: Person, places: Sequence[Place]
) -> list[dict[str, Any]]:
    values = {
        "files": [file_id for file_id, _ in places],
        "lines": [line for _, line in places],
    }
    files = ", ".join(str(each) for each in sorted(set(values["files"])))
    reading = Reader(settings, person).read(
        f"delivered lines of files {files}", {"lines": Query(PLACES, values)}
    )
    return reading.frames["lines"].to_dict("records")


def _texts(
    settings: Settings, keyring: Keyring, rows: Iterable[Mapping[str, Any]]
) -> dict[Place, str]:
    """Return the text of each line that the archive still has; a file is read once."""
    archive = Archive(settings.archive_folder, keyring)
    of_file: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        of_file[int(row["file_id"])].append(row)
    found: dict[Place, str] = {}
    for file_id, wanted in of_file.items():
        lines = {int(row["line_number"]) for row in wanted}
        with suppress(ArchiveError, FileRefusedError, UnpackingError, OSError):
            for line, content in _originals(archive, wanted[0], lines).items():
                found[file_id, line] = content.decode(errors="replace")
    return found


def _originals(
    archive: Archive, row: Mapping[str, Any], lines: set[int]
) -> dict[int, bytes]:
    """Return records of a file by their lines, reading no further than the last."""
    adapter = LANDED_BY.get(row["adapter"])
    table = adapter.table_of(row["table_name"] or "") if adapter else None
    if table is None or not row["archive_address"]:
        return {}
    found: dict[int, bytes] = {}
    reader = reader_of(unpack(archive.read(row["archive_address"])), table.delimiter)
    for block in reader.blocks():
        here = sorted(lines & set(block.line_numbers.tolist()))
        found |= block.originals(here)
        if len(found) == len(lines):
            break
    return found


def _line(
    row: Mapping[str, Any], feed: str, text: str | None, headers: DeliveredHeaders
) -> Line | None:
    if text is None:
        return None
    header, delimiter = headers.of(
        row["adapter"], row["table_name"] or "", row["archive_address"]
    )
    return Line(text, feed, row["adapter"], header, delimiter)


def _delivered(
    row: Mapping[str, Any], line: Line | None, fields: Sequence[Field]
) -> DeliveredLine:
    return DeliveredLine(
        file_id=int(row["file_id"]),
        line_number=int(row["line_number"]),
        delivery_id=int(row["delivery_id"]),
        source_system=row["source_system"],
        table_name=row["table_name"] or "",
        fields=fields,
        shape=shape_of(line.text) if line and not fields else "",
    )


def _place(row: Mapping[str, Any]) -> Place:
    return int(row["file_id"]), int(row["line_number"])
