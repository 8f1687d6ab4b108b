"""Records as bytes: counted, numbered and checked in any block size."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.blocks import Block
from pipelines.landing.headers import FileRefusedError
from pipelines.landing.parsing import read_records
from pipelines.landing.records import RecordReader
from pipelines.sources.adapter import UNPARTED, WHOLE_LINE, Table

NAMES = ("a", "b", "c")
TABLE = Table("t", NAMES)
# No control characters, which refuse a record; no lone surrogates, which no file holds.
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters='\n",\t'),
    max_size=12,
)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=25)


def reader_of(
    content: bytes, *, chunk: int = 1 << 16, block: int = 1 << 20
) -> RecordReader:
    pieces = (content[at : at + chunk] for at in range(0, len(content), chunk))
    return RecordReader(pieces, ",", block)


def blocks_of(content: bytes, **sizes: int) -> list[Block]:
    return list(reader_of(content, **sizes).blocks())


def lines_of(blocks: list[Block]) -> list[int]:
    return [line for block in blocks for line in block.line_numbers.tolist()]


def refusals(content: bytes, **sizes: int) -> dict[int, str]:
    blocks = blocks_of(content, **sizes)
    return {each.line_number: each.reason for b in blocks for each in b.refused}


def parsed(content: bytes, **sizes: int) -> list[tuple[str | None, ...]]:
    reader = reader_of(content, **sizes)
    frames = [
        read_records(block, reader.header, TABLE).select(NAMES)
        for block in reader.blocks()
        if len(block.line_numbers)
    ]
    return pl.concat(frames).rows() if frames else []


@given(
    rows=ROWS,
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    has_mark=st.booleans(),
    chunk=st.integers(1, 400),
    block=st.integers(1, 400),
)
@settings(max_examples=300, deadline=None)
def test_any_well_formed_file_reads_as_pythons_own_reader_has_it(
    rows, line_end, quoting, has_mark, chunk, block
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, quoting=quoting)
    writer.writerows([NAMES, *rows])
    content = b"\xef\xbb\xbf" * has_mark + text.getvalue().encode()
    wanted = list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1:]
    found = parsed(content, chunk=chunk, block=block)
    assert found == [tuple(value or None for value in row) for row in wanted]


@given(
    content=st.lists(
        st.sampled_from([b",", b'"', b"\n", b"\r", b"x", b"1,2,3\n", b"\xff", b"\0"]),
        max_size=80,
    ).map(b"".join),
    chunk=st.integers(1, 90),
    block=st.integers(1, 90),
)
@settings(max_examples=500, deadline=None)
def test_no_bytes_crash_the_reader_and_the_size_of_blocks_changes_nothing(
    content, chunk, block
):
    def outcome(block: int) -> tuple[list[int], dict[int, str]]:
        whole = b"a,b,c\n" + content
        return (
            lines_of(blocks_of(whole, chunk=chunk, block=block)),
            refusals(whole, chunk=chunk, block=block),
        )

    try:
        wanted = outcome(1 << 20)
    except FileRefusedError:
        return
    assert outcome(block) == wanted
    accepted, refused = wanted
    assert not set(accepted) & set(refused)
    assert len(accepted) == len(set(accepted))


@pytest.mark.parametrize("block", [1, 2, 7, 30, 1 << 20])
def test_lines_are_counted_as_an_editor_counts_them(block: int):
    content = b'\na,b,c\n1,2,3\n\n4,"x\ny",6\r\n7,8\n7,8,9\n'
    assert lines_of(blocks_of(content, block=block)) == [3, 5, 8]
    assert refusals(content, block=block) == {7: "has 2 fields where the header has 3"}


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_a_quote_that_never_closes_takes_no_other_record_with_it(block: int):
    good = b"1,2,3\n" * 300
    content = b"a,b,c\n" + good + b'1,"2,3\n' + good
    assert len(lines_of(blocks_of(content, block=block))) == 600
    assert refusals(content, block=block) == {302: "quotes are not balanced"}


def test_two_lone_quotes_far_apart_do_not_make_one_field_of_all_between():
    good = b"1,2,3\n" * 300
    content = b"a,b,c\n" + b'1,",3\n' + good + b'1,",3\n'
    assert len(lines_of(blocks_of(content))) == 300
    assert set(refusals(content)) == {2, 303}


def test_originals_are_the_bytes_of_their_lines():
    (block,) = blocks_of(b'a,b,c\n1,2,3\n1,2\n4,"x\ny",6\n7,8,9\n')
    assert block.originals([4, 6]) == {4: b'4,"x\ny",6', 6: b"7,8,9"}


@pytest.mark.parametrize("block", [5, 1 << 20])
def test_every_kind_of_broken_record_has_its_reason(block: int):
    content = b"a,b,c\n1,\xff,3\n1,\x01,3\n1,2,3,4\n1,2\x00,3\n1,2\r,3\n1,2,"
    assert refusals(content, block=block) == {
        2: "not UTF-8 text",
        3: "holds a control character",
        4: "has 4 fields where the header has 3",
        5: "holds a control character",
        6: "holds a control character",
        7: "the last line has no line end and may be cut short",
    }


def test_a_record_longer_than_any_is_refused_and_named_by_its_beginning():
    content = b"a,b,c\n1,2,3\n1," + b"x" * (3 << 20) + b",3\n4,5,6\n"
    blocks = blocks_of(content, block=1 << 16)
    assert lines_of(blocks) == [2, 4]
    (refused,) = [each for block in blocks for each in block.refused]
    assert refused.reason == "longer than 1 MiB"
    assert len(refused.content) == 1 << 20


def test_carriage_returns_alone_end_lines_too():
    assert parsed(b"a,b,c\r1,2,3\r4,5,6\r", chunk=3) == [
        ("1", "2", "3"),
        ("4", "5", "6"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,a\n", "twice"),
        (b"a,\xe4\n", "header"),
        (b'a,"b\n', "header"),
        (b"a,b\x07\n", "cannot be seen"),
        ("a,b".encode("utf-16") + b"\n\0", "UTF-16"),
        (b"PK\x03\x04" + bytes(900), "UTF-16|zip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"a" * (2 << 20), "longer"),
    ],
)
def test_a_file_without_a_readable_header_is_refused(content: bytes, words: str):
    with pytest.raises(FileRefusedError, match=words):
        reader_of(content)


def test_a_header_that_may_be_a_patients_line_is_not_repeated():
    with pytest.raises(FileRefusedError) as refusal:
        reader_of("Canary\u200bÖ,1970-01-01\n".encode())
    assert "anary" not in str(refusal.value)


WHOLE = Table("t", (WHOLE_LINE,), delimiter=UNPARTED)


def whole_lines(content: bytes, **sizes: int) -> tuple[dict[int, str], dict[int, str]]:
    """Return lines that nothing parts by their numbers, and why others are refused."""
    pieces = (content[at : at + 5] for at in range(0, len(content), 5))
    reader = RecordReader(pieces, UNPARTED, sizes.get("block", 1 << 20))
    assert reader.header == [WHOLE_LINE]
    lines, refused = {}, {}
    for block in reader.blocks():
        refused |= {each.line_number: each.reason for each in block.refused}
        if len(block.line_numbers):
            lines |= dict(
                read_records(block, reader.header, WHOLE)
                .select("line_number", WHOLE_LINE)
                .rows()
            )
    return lines, refused


@pytest.mark.parametrize("block", [8, 64, 1 << 20])
@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'{"a": "b, c"}\n{"d": 1}\n', {1: '{"a": "b, c"}', 2: '{"d": 1}'}),
        (b'{"a": 1}\n{"b": 2}', {1: '{"a": 1}', 2: '{"b": 2}'}),
        (b'{"a": 1}\r\n{"b": 2}\r\n', {1: '{"a": 1}', 2: '{"b": 2}'}),
        (b'\n\n{"a": "\\"x"}\n\n{"b": 2}\n', {3: '{"a": "\\"x"}', 5: '{"b": 2}'}),
        (b'\xef\xbb\xbf{"a": ""}\n', {1: '{"a": ""}'}),
        (b'{"a": "one quote\n', {1: '{"a": "one quote'}),
        (b"", {}),
    ],
)
def test_whole_lines_are_records_whatever_stands_in_them(
    content: bytes, lines: dict[int, str], block: int
) -> None:
    assert whole_lines(content, block=block) == (lines, {})


def test_a_whole_line_with_what_no_text_holds_is_refused() -> None:
    lines, refused = whole_lines(b'{"a": 1}\n{"b": "\x1f"}\n{"c": "\xff"}\n{"d": 1}\n')

    assert lines == {1: '{"a": 1}', 4: '{"d": 1}'}
    assert set(refused) == {2, 3}
