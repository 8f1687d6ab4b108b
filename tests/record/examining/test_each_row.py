"""Each row gets the verdict of the landing, and says what it would change and why."""

from pathlib import Path

import pytest

from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.uploading import submit
from pipelines.settings import Settings
from tests.record.laboratory import (
    DRAWN,
    EARLIER,
    HERE,
    LATER,
    STATED,
    TECHNICIAN,
    deliver,
    examined,
    file_of,
    line,
)


def verdicts(settings: Settings, *lines: str) -> list[str]:
    """Return the verdict on each line."""
    return examined(settings, file_of(*lines)).rows["verdict"].tolist()


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (line("N1"), "new"),
        (line("N1", patient="P9"), "patient_unknown"),
        (line("R1", value="6.9"), "change"),
        (line("R1", patient="P2"), "moved"),
        (line("R1", deleted="true"), "withdrawal"),
        (line("R1", value="6.9", stated=EARLIER), "older"),
        (line("R1", value="6.9", stated=STATED), "conflict"),
        (HERE[0], "unchanged"),
        (line("N1", code=""), "refused"),
        (line("N1", number="4;1"), "refused"),
        (line("N1", drawn="2999-01-01T00:00:00Z"), "refused"),
        ("N1,P1,2823-3", "refused"),
    ],
)
def test_each_row_gets_the_verdict_of_the_landing(
    laboratory: Settings, row: str, verdict: str
) -> None:
    assert verdicts(laboratory, row) == [verdict]


def test_a_record_that_stands_twice_with_other_content_is_a_conflict(
    laboratory: Settings,
) -> None:
    twice = (line("N1"), line("N1", value="4.9"))

    assert verdicts(laboratory, *twice) == ["conflict", "conflict"]


def test_two_versions_of_one_record_with_times_of_their_own_are_no_conflict(
    laboratory: Settings,
) -> None:
    versions = (line("N1", stated=STATED), line("N1", value="4.9"))

    assert verdicts(laboratory, *versions) == ["new", "new"]


def test_a_line_that_repeats_one_above_is_already_here(laboratory: Settings) -> None:
    assert verdicts(laboratory, line("N1"), line("N1")) == ["new", "unchanged"]


@pytest.mark.parametrize("stated", [EARLIER, STATED, LATER])
@pytest.mark.parametrize("deleted", ["", "true"])
def test_another_patients_result_is_never_taken_over(
    laboratory: Settings, stated: str, deleted: str
) -> None:
    row = line("R1", patient="P2", value="6.9", stated=stated, deleted=deleted)
    found = examined(laboratory, file_of(row))

    assert found.rows["verdict"].tolist() == ["moved"]
    assert found.rows["changes"].tolist() == [[]]
    with pytest.raises(ActionError, match="one patient's result to another"):
        submit(laboratory, TECHNICIAN, found)


@pytest.mark.parametrize("stated", [STATED, LATER])
def test_one_record_of_two_patients_in_a_file_cannot_be_submitted(
    laboratory: Settings, stated: str
) -> None:
    rows = (line("N1", stated=STATED), line("N1", patient="P2", stated=stated))
    found = examined(laboratory, file_of(*rows))

    assert found.rows["verdict"].tolist() == ["moved", "moved"]
    with pytest.raises(ActionError, match="one patient's result to another"):
        submit(laboratory, TECHNICIAN, found)


def test_a_change_shows_what_is_here_beside_what_the_file_says(
    laboratory: Settings,
) -> None:
    row = examined(laboratory, file_of(line("R1", value="6.9"))).rows.iloc[0]

    assert row["changes"] == [
        ("value", "4.1", "6.9"),
        ("value as a number", "4.1", "6.9"),
    ]


def test_a_patient_is_named_as_far_as_known_here(laboratory: Settings) -> None:
    rows = examined(laboratory, file_of(line("N1"), line("N2", patient="P9"))).rows

    assert rows["patient"].tolist() == ["Meyer, Ada", ""]
    assert rows["is_patient_known"].tolist() == [True, False]


def test_a_refusal_says_why_and_what_to_do(laboratory: Settings) -> None:
    content = file_of(line("N1", code=""), line("N2", number="4;1"), "N3,P1,2823-3")
    rows = examined(laboratory, content).rows

    assert rows["line"].tolist() == [2, 3, 4]
    assert rows["why"].tolist() == [
        "test_code is empty",
        "value_number cannot be read: it must be a number with a point, as in 4.1",
        "has 3 fields where the header has 11",
    ]
    assert all(rows["remedy"])


def test_the_verdicts_are_what_becomes_of_the_rows(
    busy_laboratory: Settings, tmp_path: Path
) -> None:
    rows = (
        *(line(f"V{number}") for number in range(5)),
        line("R1", value="6.9"),
        HERE[1],
        line("V0"),
        line("V7", code=""),
        "V8,P1,2823-3",
    )
    before = examined(busy_laboratory, file_of(*rows))
    report = deliver(busy_laboratory, tmp_path / "lab_results.csv", file_of(*rows))
    after, file = report.feeds["lab_results"], report.files["lab_results"]

    assert (before.made, before.landed, before.unchanged, before.refused_rows) == (
        after.made,
        after.landed,
        after.unchanged,
        after.refused,
    )
    assert (before.records, before.mapped, before.excluded, before.refused_records) == (
        file.records,
        file.mapped,
        file.excluded,
        file.refused,
    )
    assert before.counts == {"new": 5, "change": 1, "unchanged": 2, "refused": 2}


def test_the_time_of_a_result_reads_by_the_hospitals_clock(
    laboratory: Settings,
) -> None:
    moved = line("R1", drawn="2026-02-01T08:40:00+01:00", value="4.1").replace(
        DRAWN, ""
    )
    (row,) = examined(laboratory, file_of(moved)).rows.to_dict("records")

    assert row["changes"] == []
