"""From bytes to records: what a delimited file really holds, before anything parses it.

polars alone reads UTF-16 as garbage, drops every row of a CR-only file, pads short
rows and accepts a last line that was cut. So records are found, counted and checked as
bytes, in blocks, with memory that does not grow with the file. A record that cannot be
read is refused alone, with its line, its bytes and a reason; the rest goes on.
"""

from collections.abc import Iterator

from pipelines.landing.blocks import (
    CUT,
    LONGEST_RECORD_BYTES,
    TOO_LONG,
    UNBALANCED,
    Block,
    Refused,
)
from pipelines.landing.headers import FileRefusedError, read_header
from pipelines.landing.scanning import Scan
from pipelines.landing.splitting import LineSplitter
from pipelines.sources.adapter import UNPARTED, WHOLE_LINE

BLOCK_BYTES = 10 << 20
LONGEST_HEADER_BYTES = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Begins a file that is a container and no table, so its line ends mean nothing.
CONTAINERS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
}


class ContainerError(FileRefusedError):
    """A file of another kind; how many records it holds cannot be told."""


class RecordReader:
    """Reads one delimited file: first ``header``, then ``blocks``.

    A file of whole lines has no header of its own, and quotes part nothing in it.

    Raises:
        FileRefusedError: the file is UTF-16, no table, or its header cannot be read.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        delimiter: str = ",",
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self._chunks = chunks
        self._delimiter = ord(delimiter)
        self._block_bytes = block_bytes
        self._is_cr_only = False
        self._is_at_end = False
        self._buffer = bytearray()
        self._line = 1
        self._read_start()
        self._is_parted = delimiter != UNPARTED
        self.header = self._read_header() if self._is_parted else [WHOLE_LINE]

    @property
    def is_empty(self) -> bool:
        """Return whether the file has no header, let alone records."""
        return not self.header

    def blocks(self) -> Iterator[Block]:
        """Yield the records, about ten megabytes at a time."""
        size = self._block_bytes
        while True:
            self._fill(size)
            if not self._buffer:
                return
            block = self._next_block(size)
            if block is None:
                size *= 2
            else:
                yield block
                size = self._block_bytes

    def count_rest(self) -> int:
        """Read to the end and return how many records there were."""
        return sum(block.record_count for block in self.blocks())

    def _read_start(self) -> None:
        self._fill(LONGEST_HEADER_BYTES)
        start = bytes(self._buffer[:4096])
        if start.startswith(UTF16_MARKS) or start.count(0) > len(start) // 4:
            msg = "the file is UTF-16, not UTF-8: export it as UTF-8"
            raise FileRefusedError(msg)
        for mark, kind in CONTAINERS.items():
            if start.startswith(mark):
                msg = f"the file is {kind}, without a header: deliver delimited text"
                raise ContainerError(msg)
        if start.startswith(BYTE_ORDER_MARK):
            del self._buffer[: len(BYTE_ORDER_MARK)]
        if b"\r" in self._buffer and b"\n" not in self._buffer:
            self._is_cr_only = True
            self._buffer = self._buffer.replace(b"\r", b"\n")

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size and not self._is_at_end:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._is_at_end = True
            else:
                self._buffer += (
                    chunk.replace(b"\r", b"\n") if self._is_cr_only else chunk
                )

    def _read_header(self) -> list[str]:
        while self._buffer.startswith((b"\n", b"\r")):
            self._line += self._buffer.startswith(b"\n")
            del self._buffer[0]
        end = self._buffer.find(b"\n")
        if end < 0 and not self._is_at_end:
            msg = "the first line is longer than 1 MiB: this is no header of a table"
            raise FileRefusedError(msg)
        line = bytes(self._buffer if end < 0 else self._buffer[:end])
        del self._buffer[: len(line) + 1]
        self._line += 1
        return read_header(line, self._delimiter)

    def _next_block(self, size: int) -> Block | None:
        """Take a block off the buffer; None: no record ends within it, look further."""
        content = bytes(self._buffer[:size])
        is_last = self._is_at_end and len(self._buffer) <= size
        if is_last and not self._is_parted and not content.endswith(b"\n"):
            # A whole line tells by itself whether it was cut.
            content += b"\n"
        scan = Scan(content, self._delimiter, is_quoted=self._is_parted)
        tail = content[scan.length :] if is_last else b""
        is_sound = scan.is_well_quoted() and (scan.ends.size or is_last)
        if not is_sound or (scan.in_quotes_at_end and tail):
            return self._split_block(content, is_last=is_last)
        block = scan.block(len(self.header), self._line + scan.line_offsets)
        self._line += scan.line_count
        del self._buffer[: scan.length + len(tail)]
        if tail.strip(b"\r"):
            kept = tail[:LONGEST_RECORD_BYTES]
            block.refused.append(Refused(self._line, kept, CUT))
        return block

    def _split_block(self, content: bytes, *, is_last: bool) -> Block | None:
        """Take a block line by line: somewhere its quotes do not add up."""
        splitter = LineSplitter(self._delimiter, self._line)
        taken = splitter.split(content, is_last=is_last)
        if not taken and len(content) <= LONGEST_RECORD_BYTES:
            return None
        del self._buffer[:taken]
        self._line = splitter.line
        block = splitter.block(len(self.header))
        if not taken:
            block.refused.append(self._skip_line())
        return block

    def _skip_line(self) -> Refused:
        """Take one line off, however long; keep its beginning, drop the rest."""
        end = self._buffer.find(b"\n", 0, LONGEST_RECORD_BYTES)
        if end >= 0:
            reason, kept = UNBALANCED, bytes(self._buffer[:end])
        else:
            reason, kept = TOO_LONG, bytes(self._buffer[:LONGEST_RECORD_BYTES])
        while (end := self._buffer.find(b"\n")) < 0 and not self._is_at_end:
            self._buffer.clear()
            self._fill(self._block_bytes)
        del self._buffer[: len(self._buffer) if end < 0 else end + 1]
        self._line += 1
        return Refused(self._line - 1, kept, reason)
