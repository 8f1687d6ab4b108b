"""Which records of a file are of erased patients, and the file without them.

Erased patients are known by keyed digests alone. Where an adapter reads a record, it
says whose it is. A record that no feed takes or that cannot be read is of an erased
patient if one of its words is the patient's id. Both follow from the bytes and the
digests: the same file, delivered again, leaves the same rest.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import polars as pl

from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.blocks import UNBALANCED, Block
from pipelines.landing.erased_patients import Dropped, ErasedPatients
from pipelines.landing.headers import FileRefusedError, header_problem
from pipelines.landing.messages import MessageReader
from pipelines.landing.parsing import read_records
from pipelines.landing.readers import Reader, reader_of
from pipelines.landing.report import NOT_TAKEN, UNKNOWN_TABLE
from pipelines.landing.unpacking import UnpackingError, unpack
from pipelines.sources.adapter import LINE, Adapter, Mapped, Table

REASON = "erased"
# What parts words in a line that may not even be a record.
BETWEEN_WORDS = re.compile(r'[\s,;|"\']+')
# Before an id in a reference: urn:uuid:ID, Patient/ID, #ID.
BEFORE_ID = re.compile(r".*[:/#]")

Chunks = Callable[[], Iterator[bytes]]


class ErasedRecords:
    """Finds the records of erased patients in the files of one source."""

    def __init__(
        self, erased: ErasedPatients, source_system: str, adapter: Adapter | None
    ) -> None:
        self._erased = erased
        self._source_system = source_system
        self._adapter = adapter

    def find(self, chunks: Chunks, table: Table | None) -> Dropped | None:
        """Return what of a file goes; None if it cannot be read as records.

        Raises:
            OSError: it cannot be read at all.
        """
        try:
            reader = reader_of(unpack(chunks()), table.delimiter if table else ",")
            return self._found(reader, table)
        except (FileRefusedError, UnpackingError):
            return None

    def is_in(self, chunks: Chunks) -> bool:
        """Return whether a file without records has an erased patient's id in it."""
        try:
            content = b"".join(unpack(chunks()))
        except UnpackingError:
            content = b"".join(chunks())
        return any(
            self._is_named(content.decode(encoding, "replace"))
            for encoding in ("utf-8", "utf-16")
        )

    def _found(self, reader: Reader, table: Table | None) -> Dropped:
        dropped = Dropped(is_of_messages=isinstance(reader, MessageReader))
        if reader.is_empty:
            return dropped
        is_mapped = (
            table is not None
            and table.map_records is not None
            and self._adapter is not None
            and not header_problem(reader.header, table, self._adapter)
        )
        is_open = False
        for block in reader.blocks():
            if is_mapped:
                lines = self._of_mapped(block, reader.header, table, dropped)
            else:
                lines = self._of_others(block, table, dropped)
            is_open = dropped.add(block, lines, is_open=is_open)
        return dropped

    def _of_mapped(
        self, block: Block, header: list[str], table: Table, dropped: Dropped
    ) -> set[int]:
        """Return the lines of a block that the adapter, or a word, says are theirs."""
        lines: set[int] = set()
        mapped = Mapped({})
        if len(block.line_numbers):
            mapped = table.map_records(read_records(block, header, table))
            for name, frame in mapped.feeds.items():
                lines |= self._named_lines(name, frame)
        dropped.mapped += len(lines)
        for name, frame in mapped.feeds.items():
            if theirs := frame[LINE].is_in(list(lines)).sum():
                dropped.feeds[name] += theirs
        for frame, reasons in (
            (mapped.excluded, dropped.excluded),
            (mapped.refused, None),
        ):
            lines |= self._left_out(block, frame, dropped, reasons)
        return lines | self._unreadable(block, dropped)

    def _left_out(
        self,
        block: Block,
        frame: pl.DataFrame,
        dropped: Dropped,
        reasons: Counter[str] | None,
    ) -> set[int]:
        """Return the lines that no feed took and that name an erased patient."""
        named = set()
        originals = block.originals(frame[LINE].to_list()) if frame.height else {}
        for line, reason in frame.select(LINE, "reason").iter_rows():
            if self._is_named(_text(originals[line])):
                named.add(line)
                if reasons is None:
                    dropped.refused += 1
                else:
                    reasons[reason] += 1
        return named

    def _of_others(
        self, block: Block, table: Table | None, dropped: Dropped
    ) -> set[int]:
        """Return the lines of a table that no feed takes, or that cannot be one."""
        lines = {
            line
            for line, content in block.originals(block.line_numbers.tolist()).items()
            if self._is_named(_text(content))
        }
        if self._adapter is None:
            dropped.mapped += len(lines)
        elif table is None:
            dropped.excluded[UNKNOWN_TABLE] += len(lines)
        elif table.map_records is None:
            dropped.excluded[NOT_TAKEN] += len(lines)
        else:
            dropped.refused += len(lines)
        unreadable = self._unreadable(block, dropped)
        if self._adapter and table is None and unreadable:
            dropped.refused -= len(unreadable)
            dropped.excluded[UNKNOWN_TABLE] += len(unreadable)
        return lines | unreadable

    def _unreadable(self, block: Block, dropped: Dropped) -> set[int]:
        """Return the lines that are no records and name an erased patient."""
        lines = {
            each.line_number
            for each in block.refused
            if self._is_named(_text(each.content))
        }
        dropped.refused += len(lines)
        dropped.lone_quotes.update(
            each.line_number
            for each in block.refused
            if each.reason == UNBALANCED and each.line_number not in lines
        )
        return lines

    def _named_lines(self, feed_name: str, frame: pl.DataFrame) -> set[int]:
        """Return the lines of rows that are an erased patient's, or refer to one."""
        feed = FEEDS[feed_name]
        columns = ["source_patient_id"] if feed.has_patient else []
        columns += feed.patient_references
        lines: set[int] = set()
        for name in columns:
            if name in frame.columns:
                ids = frame[name].cast(pl.String)
                theirs = [each for each in ids.drop_nulls().unique() if self._is(each)]
                lines.update(frame.filter(ids.is_in(theirs))[LINE].to_list())
        return lines

    def _is(self, patient_id: str) -> bool:
        if self._adapter is not None and self._adapter.gives_patient_keys:
            return self._erased.is_key(patient_id)
        return self._erased.is_one(self._source_system, patient_id)

    def _is_named(self, text: str) -> bool:
        words = {word for word in BETWEEN_WORDS.split(text) if word}
        ids = {BEFORE_ID.sub("", word) for word in words} - {""}
        return any(self._is(word) for word in words | ids)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
