"""A file without an erased patient: the rest is the rest, at its old lines."""

import gzip
import random
from collections.abc import Iterator
from functools import partial

import pytest

from pipelines.access.encryption import patient_key_of
from pipelines.landing import erased
from pipelines.landing.blocks import UNBALANCED
from pipelines.landing.erased import ErasedRecords
from pipelines.landing.erased_patients import Dropped, ErasedPatients
from pipelines.landing.erased_rest import rest_of
from pipelines.landing.records import RecordReader
from pipelines.landing.unpacking import unpack
from pipelines.sources import fhir
from pipelines.sources.csv_feeds import ADAPTER
from tests.landing.keyring import fixed_keyring

SOURCE = "ward"
GONE, STAYS = "P-1", "P-2"
CONTACTS = ADAPTER.table_of("contacts")
HEADER = "record_id,source_patient_id,relationship_code\n"


def erased_records(*patient_ids: str) -> ErasedRecords:
    keyring = fixed_keyring()
    digests = [keyring.patient_digest(SOURCE, each) for each in patient_ids]
    keys = [patient_key_of(digest) for digest in digests]
    return ErasedRecords(ErasedPatients(keyring, keys), SOURCE, ADAPTER)


def pieces(content: bytes, size: int = 7) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def rest(content: bytes, size: int = 7) -> tuple[bytes, Dropped]:
    """Return what is left of a file of contacts, and what went."""
    dropped = erased_records(GONE).find(lambda: pieces(content), CONTACTS)
    stream = rest_of(lambda: pieces(content, size), dropped)
    return b"".join(iter(lambda: stream.read(5), b"")), dropped


def records_of(content: bytes) -> dict[int, bytes]:
    """Return records, readable or not, by their lines; without lone quotes."""
    readable, refused = _read(content)
    return readable | refused


def records_that_stay(content: bytes) -> dict[int, bytes]:
    """Return those that are not the patient's, as the contract of the feed says."""
    readable, refused = _read(content)
    gone = GONE.encode()
    return {
        line: each for line, each in readable.items() if each.split(b",")[1] != gone
    } | {line: each for line, each in refused.items() if gone not in each}


def _read(content: bytes) -> tuple[dict[int, bytes], dict[int, bytes]]:
    reader = RecordReader(unpack(iter([content])), ",")
    readable, refused = {}, {}
    for block in reader.blocks():
        readable |= block.originals(block.line_numbers.tolist())
        refused |= {
            each.line_number: each.content
            for each in block.refused
            if each.reason != UNBALANCED
        }
    return readable, refused


def test_a_record_becomes_an_empty_line_and_others_keep_theirs() -> None:
    content = f"{HEADER}N1,{GONE},one\nN2,{STAYS},two\nN3,{GONE},three\n".encode()

    left, dropped = rest(content)

    assert left == f"{HEADER}\nN2,{STAYS},two\n\n".encode()
    assert (dropped.records, dropped.mapped, dict(dropped.feeds)) == (
        2,
        2,
        {"contacts": 2},
    )


def test_a_record_of_several_lines_goes_whole() -> None:
    content = f'{HEADER}N1,{GONE},"a\nb\nc"\nN2,{STAYS},"d\ne"\n'.encode()

    left, _ = rest(content)

    assert left == f'{HEADER}\n\n\nN2,{STAYS},"d\ne"\n'.encode()


def test_what_cannot_be_read_goes_if_it_names_the_patient() -> None:
    content = (
        f"{HEADER}half,{GONE}\nhalf,{STAYS}\nN1,{STAYS},ok\n"
        f"N2,{STAYS},{GONE} is a word of a note\nlast,{GONE},cut"
    ).encode()

    left, dropped = rest(content)

    assert (
        left
        == (
            f"{HEADER}\nhalf,{STAYS}\nN1,{STAYS},ok\n"
            f"N2,{STAYS},{GONE} is a word of a note\n"
        ).encode()
    )
    assert (dropped.mapped, dropped.refused) == (0, 2)


def test_a_longer_id_is_another_patients() -> None:
    content = f"{HEADER}half,{GONE}0\nhalf,x{GONE}\nN1,{GONE}0,ok\n".encode()

    assert rest(content)[0] == content


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_followed(newline: str) -> None:
    text = f"{HEADER}N1,{GONE},one\nN2,{STAYS},two\nN3,{GONE},three\n"
    content = text.replace("\n", newline).encode()

    left, dropped = rest(content)

    assert GONE.encode() not in left
    assert records_of(left) == records_that_stay(content)
    assert dropped.records == 2


def test_a_record_between_two_lone_quotes_makes_no_field_of_them() -> None:
    content = f'{HEADER}N1,{STAYS},"\nN2,{GONE},"x"y\nN3,P-3,"\n'.encode()

    left, dropped = rest(content)

    assert left == f"{HEADER}\n\n\n".encode()
    assert (dropped.records, dropped.lone_quotes) == (1, {2, 4})


def test_a_packed_file_stays_packed_and_is_the_same_each_time() -> None:
    content = gzip.compress(f"{HEADER}N1,{GONE},x\nN2,{STAYS},y\n".encode())

    one, other = rest(content, 3)[0], rest(content, 11)[0]

    assert one == other
    assert gzip.decompress(one) == f"{HEADER}\nN2,{STAYS},y\n".encode()


def test_a_file_without_the_patient_has_nothing_that_goes() -> None:
    content = f"{HEADER}N1,{STAYS},one\n".encode()

    assert rest(content)[1].records == 0


def test_the_rest_has_no_more_of_the_patient() -> None:
    content = f"{HEADER}N1,{GONE},one\nN2,{STAYS},two\nhalf,{GONE}\n".encode()
    left, _ = rest(content)

    assert rest(left)[0] == left


def test_what_cannot_be_read_as_records_is_searched_whole() -> None:
    records = erased_records(GONE)
    for content in (
        f"a,{GONE},b".encode("utf-16"),
        gzip.compress(f"{HEADER}N1,{GONE},x\n".encode())[:-4],
    ):
        assert records.find(lambda content=content: iter([content]), CONTACTS) is None
    named = f"a,{GONE},b".encode("utf-16")
    assert records.is_in(lambda: iter([named]))
    assert not records.is_in(lambda: iter([f"a,{STAYS},b".encode("utf-16")]))


@pytest.mark.parametrize("seed", range(100))
def test_any_file_loses_the_patient_and_nothing_else(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files each time
    lines = []
    for number in range(chance.randrange(1, 40)):
        patient = chance.choice([GONE, STAYS, "P-3"])
        text = chance.choice(["plain", '"two\nlines"', '"a ""quote"""', "", "x,y", '"'])
        lines.append(f"N{number},{patient},{text}\n")
        if chance.random() < 0.1:
            lines.append("\n")
    content = (HEADER + "".join(lines)).encode()
    if chance.random() < 0.3:
        content = content[:-1]

    of_blocks = partial(RecordReader, block_bytes=chance.randrange(30, 400))
    monkeypatch.setattr(erased, "reader_of", of_blocks)

    left, _ = rest(content, chance.randrange(1, 60))

    assert records_of(left) == records_that_stay(content)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("Patient", '{{"resourceType": "Patient", "id": "{patient}"}}'),
        (
            "Encounter",
            '{{"resourceType": "Encounter", "id": "e", '
            '"subject": {{"reference": "urn:uuid:{patient}"}}}}',
        ),
        (
            "ExplanationOfBenefit",
            '{{"resourceType": "ExplanationOfBenefit", "id": "b", '
            '"patient": {{"reference": "Patient/{patient}"}}}}',
        ),
        ("Encounter", '{{"subject": {{"reference": "urn:uuid:{patient}"}}, cut'),
    ],
)
def test_a_resource_goes_whether_a_feed_takes_it_or_not(kind: str, line: str) -> None:
    keyring = fixed_keyring()
    key = patient_key_of(keyring.patient_digest(SOURCE, GONE))
    erased_ones = ErasedPatients(keyring, [key])
    gone, stays = line.format(patient=GONE), line.format(patient=STAYS)
    content = f"{gone}\n{stays}\n".encode()
    found = ErasedRecords(erased_ones, SOURCE, fhir.ADAPTER).find(
        lambda: pieces(content), fhir.ADAPTER.table_of(kind)
    )
    stream = rest_of(lambda: pieces(content), found)

    assert b"".join(iter(lambda: stream.read(5), b"")) == f"\n{stays}\n".encode()
    assert found.records == 1
