"""Messages of HL7 v2 as records, whatever ends their lines and surrounds them."""

import pytest

from pipelines.access.encryption import patient_key_of
from pipelines.landing import messages
from pipelines.landing.blocks import CONTROL, NOT_TEXT, TOO_LONG
from pipelines.landing.erased import ErasedRecords
from pipelines.landing.erased_patients import ErasedPatients
from pipelines.landing.erased_rest import rest_of
from pipelines.landing.messages import OUTSIDE, MessageReader
from pipelines.landing.parsing import read_records
from pipelines.sources.adapter import LINE, WHOLE_LINE
from pipelines.sources.hl7v2 import ADAPTER
from tests.landing.keyring import fixed_keyring

(TABLE,) = ADAPTER.tables
ONE = "MSH|^~\\&|A\rPID|1||P1"
TWO = "MSH|^~\\&|B\rPID|1||P2"


def found_in(content: bytes, size: int = 5) -> tuple[dict[int, str], dict[int, str]]:
    """Return messages by the line of their MSH, and why others are refused."""
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    reader = MessageReader(pieces)
    read, refused = {}, {}
    for block in reader.blocks():
        refused |= {each.line_number: each.reason for each in block.refused}
        if len(block.line_numbers):
            frame = read_records(block, list(reader.header), TABLE)
            read |= dict(frame.select(LINE, WHOLE_LINE).rows())
    return read, refused


@pytest.mark.parametrize("block", [1, 20, 1 << 20])
@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (f"{ONE}\r{TWO}\r", (1, 3)),
        (f"{ONE}\n{TWO}".replace("\r", "\n"), (1, 3)),
        (f"{ONE}\r\n{TWO}\r\n".replace("1||P", "1||P").replace("\rP", "\r\nP"), (1, 3)),
        (f"{ONE}\r\n\r\n{TWO}", (1, 4)),
        (f"\x0b{ONE}\r\x1c\r\x0b{TWO}\r\x1c\r", (1, 4)),
        (f"FHS|^~\\&\rBHS|^~\\&\r{ONE}\rBTS|1\r{TWO}\rBTS|1\rFTS|1\r", (3, 6)),
        (f"\ufeff{ONE}\r{TWO}", (1, 3)),
    ],
    ids=["cr", "lf", "crlf", "empty lines", "mllp", "batch", "byte order mark"],
)
def test_messages_are_found_by_their_beginning(
    content: str, lines: tuple[int, int], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "BLOCK_BYTES", block)

    assert found_in(content.encode()) == ({lines[0]: ONE, lines[1]: TWO}, {})


@pytest.mark.parametrize("name", ["FHS", "BHS", "BTS", "FTS"])
def test_what_a_segment_says_is_no_envelope_however_it_is_spelled(name: str) -> None:
    message = (
        f"MSH|^~\\&|A\rPID|1||P1||SHI{name}^ANN\rNTE|1||{name}|kept\r{name}X goes on"
    )

    read, refused = found_in(f"{name}|1\r{message}\r{name}|1".encode())

    assert (list(read.values()), refused) == ([message], {})


@pytest.mark.parametrize("block", [1, 20, 1 << 20])
def test_the_name_of_a_head_within_a_segment_begins_no_message(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "BLOCK_BYTES", block)
    one = f"{ONE}\rNTE|1||see MSH|and MSH-3 MSH"

    read, refused = found_in(f"{one}\r{TWO}\rNTE|1||RMSH".encode())

    assert (list(read.values()), refused) == ([one, f"{TWO}\rNTE|1||RMSH"], {})


def test_a_line_that_goes_on_stays_with_its_message() -> None:
    read, _ = found_in(b"MSH|^~\\&|A\nNTE|1||first\nMSHort second\n")

    assert len(read) == 2
    assert "NTE|1||first" in read[1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MSH|^~\\&|A\rNTE|\x00\r", CONTROL),
        (b"MSH|^~\\&|A\rNTE|\xe4\r", NOT_TEXT),
        (b"MSH|^~\\&|A\rNTE|" + b"x" * (1 << 20), TOO_LONG),
    ],
)
def test_what_is_no_text_is_refused_alone(content: bytes, reason: str) -> None:
    read, refused = found_in(content + b"\r" + TWO.encode(), 1 << 16)

    assert refused == {1: reason}
    assert [*read.values()] == [TWO]


def test_latin_letters_are_read_where_the_message_says_so() -> None:
    head = b"MSH|^~\\&|A||||||ADT^A01|1|P|2.5||||||8859/1\rNTE|1||M\xfcller"

    assert found_in(head)[0][1].endswith("Müller")


def test_what_stands_before_the_first_message_is_refused() -> None:
    read, refused = found_in(f"name,number\r{ONE}".encode())

    assert (read, refused) == ({2: ONE}, {1: OUTSIDE})


def test_a_file_without_any_message_is_refused() -> None:
    assert found_in(b"name,number\nAda,1\n") == ({}, {1: OUTSIDE})
    assert found_in(b"") == ({}, {})
    assert MessageReader(iter([ONE.encode()])).count_rest() == 1


@pytest.mark.parametrize("newline", ["\r", "\n", "\r\n"])
def test_the_messages_of_an_erased_patient_go_and_others_keep_their_lines(
    newline: str,
) -> None:
    def message(patient: str, kind: str = "ADT^A01") -> str:
        head = f"MSH|^~\\&|A||||2026||{kind}|1|P|2.5"
        return f"{head}\rPID|1||{patient}^^^H^MR\rPV1|1".replace("\r", newline)

    keyring = fixed_keyring()
    key = patient_key_of(keyring.patient_digest("ward", "P1@H"))
    records = ErasedRecords(ErasedPatients(keyring, [key]), "ward", ADAPTER)
    content = newline.join([message("P1"), message("P2"), message("P1"), ""]).encode()
    dropped = records.find(lambda: iter([content]), TABLE)
    stream = rest_of(lambda: iter([content]), dropped)
    rest = b"".join(iter(lambda: stream.read(7), b""))

    assert dropped.records == 2
    assert rest == (newline * 3 + message("P2") + newline * 4).encode()
    assert [*found_in(rest)[0]] == [4]
