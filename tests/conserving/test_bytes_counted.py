"""Records are counted from bytes, whatever the chunks that they come in."""

import pytest

from pipelines.conserving.bytes_counted import MOST_LINES, count_records
from pipelines.sources.adapter import MESSAGES, UNPARTED

THREE = b"MSH|a\rPID|1\rMSH|b\rOBX|MSH\r\n\x0bMSH|c\r\x1c\r"


def counted(content: bytes, delimiter: str = ",", size: int = 4) -> int | None:
    """Return how many records are found in content that comes in small chunks."""
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    return count_records(chunks, delimiter)


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (b"", 0),
        (b"a,b\n", 0),
        (b"a,b\n1,2\n", 1),
        (b"a,b\n1,2", 1),  # a line that was cut is a record, which is refused
        (b"\n\na,b\n\n1,2\r\n\r\n3,4\r\n", 2),
        (b"\xef\xbb\xbfa,b\n1,2\n", 1),
        (b'a,b\n1,"x\ny"\n2,"said ""no"""\n', 2),
        (b"a\rb\rc\r", 2),
        (b"a,b\n1\n1,2,3\n", 2),  # of another number of fields
        ("a\n\xe4\n".encode("latin-1"), 1),
    ],
)
def test_delimited_records_are_counted(content: bytes, records: int) -> None:
    assert counted(content) == counted(content, size=1) == records


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,"never closed\n2,x\n',
        b'a,b\n1,"closed"late\n',
        b'a\n"' + b"x\n" * (MOST_LINES + 1) + b'"\n',
    ],
)
def test_where_quotes_do_not_add_up_nothing_is_guessed(content: bytes) -> None:
    assert counted(content, size=1_000) is None


def test_another_delimiter_parts_quotes_elsewhere() -> None:
    assert counted(b'a;b\n"1";"2"\n', ";") == 1
    assert counted(b'a;b\n"1";"2"\n', ",") is None


def test_lines_without_parts_are_counted_as_they_are() -> None:
    assert counted(b'{"a": "x"}\n\n{"b": "\\""}', UNPARTED) == 2


@pytest.mark.parametrize("size", range(1, 12))
def test_a_message_is_found_wherever_a_chunk_ends(size: int) -> None:
    assert counted(THREE, MESSAGES, size) == 3


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (b"FHS|x\rBHS|y\r\x0bMSH|a\r\x1c\rBTS|1\r", 1),
        (b"PID|1\rMSH|a\r", 2),  # what stands before the first message is refused
        (b"PID|1\r", 1),
        (b"\xef\xbb\xbfMSH|a\n", 1),
        (b"", 0),
    ],
)
def test_envelopes_are_no_messages_and_what_is_outside_is_a_record(
    content: bytes, records: int
) -> None:
    assert counted(content, MESSAGES, 100) == records
