"""Which reader reads a file: of delimited or whole lines, or of messages."""

from collections.abc import Iterator

from pipelines.landing.messages import MessageReader
from pipelines.landing.records import RecordReader
from pipelines.sources.adapter import MESSAGES

Reader = RecordReader | MessageReader


def reader_of(chunks: Iterator[bytes], delimiter: str) -> Reader:
    """Return a reader of records that a table with this delimiter has.

    Raises:
        FileRefusedError: the file cannot be read as records.
    """
    if delimiter == MESSAGES:
        return MessageReader(chunks)
    return RecordReader(chunks, delimiter)
