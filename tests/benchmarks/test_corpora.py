"""The repeated corpora: every copy says as much, of somebody else."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.corpora import END, START, Corpus, repeat_messages, repeat_resources
from benchmarks.interfaces import check_nothing_is_lost
from benchmarks.loading import BenchmarkError, Load, load_apart
from benchmarks.parsing import Parsed, parse_apart
from pipelines.settings import Settings

RESULT = (
    b"MSH|^~\\&|LAB|H|E|H|20250102||ORU^R01|77|P|2.5\r\n"
    b'PID|1||12^^^H^MR~""|\r\nOBR|1||F1|718-7^Hb^LN|||20250101\r\n'
    b"OBX|1|NM|718-7^Hb^LN||13.1|g/dL|12-16|N|||F\r\n"
)
MERGE = b"MSH$*!\\&$A$H$E$H$20250103$$ADT*A40$78$P$2.5\rPID$1$$12*x\rMRG$13*y$$\r"
ID = "0e1d2c3b-0a1b-2c3d-4e5f-60718293a4b5"
PATIENT = {"resourceType": "Patient", "id": ID, "gender": "female"}


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    folder = tmp_path / "messages"
    (folder / "below").mkdir(parents=True)
    (folder / "1.hl7").write_bytes(b"\xef\xbb\xbf" + RESULT)
    (folder / "below" / "2.hl7").write_bytes(MERGE)
    return folder


@pytest.fixture
def resources(tmp_path: Path) -> Path:
    folder = tmp_path / "resources"
    folder.mkdir()
    for kind in ("Patient", "Goal"):
        line = json.dumps({**PATIENT, "resourceType": kind}).encode()
        (folder / f"{kind}.ndjson.gz").write_bytes(gzip.compress(line))
    return folder


def test_a_copy_of_messages_differs_in_the_numbers_of_message_and_patient(
    messages: Path, tmp_path: Path
):
    corpus = repeat_messages(messages, tmp_path / "twice.hl7", 2)

    first = RESULT.replace(b"|77|", b"|77.0|").replace(b"|12^", b"|12.0^")
    merge = MERGE.replace(b"$78$", b"$78.1$").replace(b"$12*", b"$12.1*")
    framed = corpus.path.read_bytes().split(END)
    assert framed[0] == START + first
    assert framed[3] == START + merge.replace(b"$13*", b"$13.1*")
    assert (len(framed), corpus.records) == (5, 4)
    assert corpus.byte_count == corpus.path.stat().st_size


def test_a_copy_of_resources_differs_in_every_id(resources: Path, tmp_path: Path):
    corpus = repeat_resources(resources, tmp_path / "two", 2, is_taken_only=True)

    assert [each.name for each in corpus.path.iterdir()] == ["Patient.ndjson"]
    lines = (corpus.path / "Patient.ndjson").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"{ID}.0", f"{ID}.1"]
    assert corpus.records == 2
    assert corpus.byte_count == (corpus.path / "Patient.ndjson").stat().st_size


def test_all_kinds_are_repeated_if_asked_for(resources: Path, tmp_path: Path):
    corpus = repeat_resources(resources, tmp_path / "all", 3, is_taken_only=False)

    assert corpus.records == 6


def test_both_loops_parse_every_record(messages: Path, resources: Path, tmp_path: Path):
    twice = repeat_messages(messages, tmp_path / "twice.hl7", 2)
    two = repeat_resources(resources, tmp_path / "two", 2, is_taken_only=False)

    parsed = [parse_apart("hl7v2", twice.path), parse_apart("fhir", two.path)]

    assert [(each.records, each.failed) for each in parsed] == [(4, 0), (4, 0)]
    assert all(each.seconds > 0 for each in parsed)


def test_a_load_of_a_copied_corpus_lands_as_many_times_the_rows(
    warehouse: Settings, messages: Path, tmp_path: Path
):
    once = repeat_messages(messages, tmp_path / "once.hl7", 1)
    thrice = repeat_messages(messages, tmp_path / "thrice.hl7", 3)

    load = load_apart(warehouse, thrice.path, "measured", once.path, "hl7v2")

    assert load.landed_before == 3  # patient, result, merge
    assert load.landed == 3 * load.landed_before


@pytest.mark.parametrize(
    ("landed", "books", "parsed", "what"),
    [
        (29, (10, 900), 10, "rows landed"),
        (30, (9, 900), 10, "records in the books"),
        (30, (10, 899), 10, "bytes in the archive"),
        (30, (10, 900), 9, "records parsed"),
    ],
)
def test_times_are_not_told_where_something_was_lost(landed, books, parsed, what):
    tenfold = Corpus(Path("tenfold"), 10, 900)
    load = Load(1.0, 1.0, 100.0, 3, landed, 0, 0)

    with pytest.raises(BenchmarkError, match=what):
        check_nothing_is_lost(load, tenfold, books, Parsed(1.0, 1.0, parsed, 0))


def test_a_load_that_lost_nothing_is_told():
    tenfold = Corpus(Path("tenfold"), 10, 900)
    load = Load(1.0, 1.0, 100.0, 3, 30, 0, 0)

    check_nothing_is_lost(load, tenfold, (10, 900), Parsed(1.0, 1.0, 10, 0))
