"""Whole files: bad, packed, too large, held or known, counted and told in words."""

import gzip
from pathlib import Path

import pytest

from pipelines.landing.uploaded import plain_size
from pipelines.record.actions import uploading
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.uploading import MOST_BYTES, examine, submit
from pipelines.settings import Settings
from tests.landing.bad_files import encodings, line_ends, tables, values
from tests.landing.bad_files.bad_file import BadFile
from tests.record.laboratory import HERE, TECHNICIAN, deliver, examined, file_of, line

BAD_FILES = [
    bad
    for bad in (
        *encodings.BAD_FILES,
        *line_ends.BAD_FILES,
        *tables.BAD_FILES,
        *values.BAD_FILES,
    )
    if bad.format_name == "csv" and bad.file_name.startswith("lab_results.csv")
]


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_a_bad_file_is_counted_as_the_landing_does_and_told_in_words(
    laboratory: Settings, bad: BadFile
) -> None:
    if not bad.content or plain_size(bad.content, MOST_BYTES) > MOST_BYTES:
        with pytest.raises(ActionError, match="the file is"):
            examined(laboratory, bad.content)
        return
    found = examined(laboratory, bad.content)
    records = (found.records, found.mapped, found.excluded, found.refused_records)
    rows = (found.made, found.landed, found.unchanged, found.refused_rows)
    assert records == (bad.file or (found.records, 0, 0, found.records))
    assert rows == (bad.feed or (0, 0, 0, 0))
    assert bool(found.cannot_be_submitted_because) is not bool(found.landed)


def test_semicolons_are_named_as_the_likely_cause(laboratory: Settings) -> None:
    found = examined(laboratory, b"record_id;source_patient_id\nR1;P1\n")

    assert "semicolons" in (found.problem or "")


def test_a_delivery_that_would_be_held_cannot_be_submitted(
    laboratory: Settings,
) -> None:
    found = examined(laboratory, file_of(*(line(f"N{n}", code="") for n in range(20))))

    assert "20 of 20 rows" in (found.held_because or "")
    assert "expect_" not in (found.held_because or "")
    with pytest.raises(ActionError, match="held as a whole"):
        submit(laboratory, TECHNICIAN, found)


def test_the_very_file_that_came_before_changes_nothing(
    busy_laboratory: Settings, tmp_path: Path
) -> None:
    first = file_of(line("K1", value="5.0", stated=""), line("K3", code=""))
    second = file_of(line("K1", value="6.0", stated=""))
    deliver(busy_laboratory, tmp_path / "lab_results.csv", first)
    deliver(busy_laboratory, tmp_path / "lab_results.csv", second)

    found = examined(busy_laboratory, first)

    assert found.is_known_file
    assert found.rows["verdict"].tolist() == ["unchanged", "refused"]
    assert "came before" in (found.cannot_be_submitted_because or "")


def test_a_file_in_which_nothing_is_new_cannot_be_submitted(
    laboratory: Settings,
) -> None:
    found = examined(laboratory, file_of(HERE[1]))

    with pytest.raises(ActionError, match="nothing in this file"):
        submit(laboratory, TECHNICIAN, found)


def test_a_file_too_large_is_refused_also_when_it_is_packed(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file_of(*(line(f"N{number}") for number in range(50)))
    monkeypatch.setattr(uploading, "MOST_BYTES", len(content) - 1)

    for each in (content, gzip.compress(content)):
        with pytest.raises(ActionError, match="larger than"):
            examined(laboratory, each)


def test_a_file_of_too_many_lines_is_refused_before_it_holds_the_source(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file_of(line("N1"), line("N2"))
    monkeypatch.setattr(uploading, "MOST_LINES", 3)
    assert examined(laboratory, content).counts == {"new": 2}

    monkeypatch.setattr(uploading, "MOST_LINES", 2)
    for each in (content, gzip.compress(content), content.replace(b"\n", b"\r")):
        with pytest.raises(ActionError, match="longer than 2 lines"):
            examined(laboratory, each)


def test_a_packed_file_is_read(laboratory: Settings) -> None:
    found = examined(laboratory, gzip.compress(file_of(line("N1"))))

    assert found.counts == {"new": 1}


def test_a_files_name_is_shown_without_folders_and_hidden_signs(
    laboratory: Settings,
) -> None:
    name = "..\\up/labs\u202e.csv\n"
    found = examine(laboratory, TECHNICIAN, name, file_of(line()), "hospital")

    assert found.file_name == "labs.csv"
