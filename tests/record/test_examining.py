"""What would become of an uploaded file: as the landing does it, and nothing kept."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.access.audit import AuditError
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing import examining
from pipelines.landing.uploaded import plain_size
from pipelines.record.actions import uploading
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.upload_example import (
    upload_columns,
    upload_sample,
    upload_template,
)
from pipelines.record.actions.uploading import (
    MOST_BYTES,
    examine,
    submit,
)
from pipelines.settings import Mode, Settings
from tests.access.audit_away import audit_away
from tests.conftest import running_installation
from tests.landing.bad_files import encodings, line_ends, tables, values
from tests.landing.bad_files.bad_file import BadFile
from tests.record.laboratory import (
    DOCTOR,
    DRAWN,
    EARLIER,
    HERE,
    LATER,
    QUALITY,
    STATED,
    TECHNICIAN,
    asked,
    deliver,
    examined,
    file_of,
    furnish,
    line,
)

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
TABLES = ("raw.lab_results", "raw.delivery", "raw.source", "quarantine.row",
          "identity.patient_key", "access.upload")  # fmt: skip
LAST_EVENT = """
    select user_id, action, subject, result, cardinality(patient_keys), row_count
    from audit.event order by event_id desc limit 1
"""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two patients; examining leaves no trace."""
    for settings in running_installation(tmp_path_factory.mktemp("laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings


@pytest.fixture(scope="module")
def busy_laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield another one, in which files are landed."""
    for settings in running_installation(tmp_path_factory.mktemp("busy_laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings


def verdicts(settings: Settings, *lines: str) -> list[str]:
    """Return the verdict on each line."""
    return examined(settings, file_of(*lines)).rows["verdict"].tolist()


def state(settings: Settings) -> dict[str, int]:
    """Return how many rows and archived files there are."""
    counts = {
        table: asked(settings, f"select count(*) from {table}")[0][0]  # noqa: S608
        for table in TABLES
    }
    archived = [path for path in settings.archive_folder.rglob("*") if path.is_file()]
    return counts | {"archived": len(archived)}


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


@pytest.mark.parametrize(
    "row",
    [
        line("R1", patient="P2"),
        line("R1", patient="P2", stated=STATED),
        line("R1", patient="P2", deleted="true"),
        line("R1", patient="P9", stated=EARLIER),
    ],
)
def test_the_audit_names_the_patient_that_a_row_was_compared_with(
    laboratory: Settings, row: str
) -> None:
    found = examined(laboratory, file_of(row))
    (first,) = asked(
        laboratory, "select patient_key from raw.lab_results where record_id = 'R1'"
    )[0]
    (named,) = asked(
        laboratory,
        "select patient_keys from audit.event order by event_id desc limit 1",
    )[0]

    assert first in named
    assert first in found.patient_keys
    assert len(named) == 2


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


def test_examining_keeps_nothing(laboratory: Settings) -> None:
    before = state(laboratory)
    examined(laboratory, file_of(line("N1"), line("R1", value="9"), line(code="")))

    assert state(laboratory) == before
    assert not list(laboratory.deliveries_folder.glob("*/*"))


def test_examining_is_audited_with_the_patients_of_the_file(
    laboratory: Settings,
) -> None:
    examined(laboratory, file_of(line("N1"), line("N2", patient="P9")))

    assert asked(laboratory, LAST_EVENT) == [
        ("technician", "read", "upload", "ok", 2, 2)
    ]


def test_nothing_is_shown_when_the_audit_cannot_be_written(
    laboratory: Settings,
) -> None:
    with audit_away(laboratory), pytest.raises(AuditError):
        examined(laboratory, file_of(line("N1")))


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


@pytest.mark.parametrize("person", [DOCTOR, QUALITY], ids=lambda each: each.role)
def test_only_a_technician_uploads(laboratory: Settings, person: Person) -> None:
    with pytest.raises(ActionError, match="may not upload"):
        examine(laboratory, person, "a.csv", file_of(line()), "hospital")
    with pytest.raises(ActionError, match="may not upload"):
        submit(laboratory, person, examined(laboratory, file_of(line())))


@pytest.mark.parametrize("source", ["nowhere", "../hospital", "operational", ""])
def test_only_a_source_that_delivers_here_is_taken(
    laboratory: Settings, source: str
) -> None:
    with pytest.raises(ActionError, match="choose one of the list"):
        examine(laboratory, TECHNICIAN, "a.csv", file_of(line()), source)


def test_a_historical_source_or_one_of_an_odd_name_is_not_offered(
    busy_laboratory: Settings,
) -> None:
    with connect(busy_laboratory, Role.OWNER) as connection:
        connection.execute(
            "insert into raw.source (source_system, adapter, is_historical) values "
            "('old', 'mimic', true), ('a/b', 'csv', false), ('newer', 'csv', false), "
            "('operational', 'operational', false) on conflict do nothing"
        )

    offered = uploading.upload_sources(busy_laboratory, TECHNICIAN)

    assert offered == ["hospital", "newer"]


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


def test_while_another_delivery_lands_a_person_is_asked_to_wait(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "LOCK_SECONDS", 1)
    with connect(laboratory, Role.LOADER) as landing:
        landing.execute("select pg_advisory_xact_lock(hashtextextended('hospital', 0))")
        with pytest.raises(ActionError, match="try again in a minute"):
            examined(laboratory, file_of(line("N1")))


def test_a_files_name_is_shown_without_folders_and_hidden_signs(
    laboratory: Settings,
) -> None:
    name = "..\\up/labs\u202e.csv\n"
    found = examine(laboratory, TECHNICIAN, name, file_of(line()), "hospital")

    assert found.file_name == "labs.csv"


def test_the_time_of_a_result_reads_by_the_hospitals_clock(
    laboratory: Settings,
) -> None:
    moved = line("R1", drawn="2026-02-01T08:40:00+01:00", value="4.1").replace(
        DRAWN, ""
    )
    (row,) = examined(laboratory, file_of(moved)).rows.to_dict("records")

    assert row["changes"] == []


def test_the_sample_of_a_demonstration_shows_what_a_technician_often_meets(
    simulated_hospital: Settings,
) -> None:
    technician = Person("lab_technician", "Technician", "lab_technician")
    content = upload_sample(simulated_hospital, technician, "hospital")
    found = examine(simulated_hospital, technician, "s.csv", content, "hospital")

    assert found.counts == {
        "new": 2,
        "change": 1,
        "patient_unknown": 1,
        "refused": 3,
        "unchanged": 1,
    }
    changed = found.rows[found.rows["verdict"] == "change"].iloc[0]["changes"]
    assert {"value", "value as a number"} <= {column for column, _, _ in changed}


def test_no_sample_is_made_where_care_is_given(laboratory: Settings) -> None:
    production = laboratory.model_copy(update={"mode": Mode.PRODUCTION})

    with pytest.raises(ActionError, match="in a demonstration only"):
        upload_sample(production, TECHNICIAN, "hospital")


def test_the_template_is_read_as_it_is(laboratory: Settings) -> None:
    found = examined(laboratory, upload_template().encode())

    assert found.counts == {"patient_unknown": 2}
    assert {column.name for column in upload_columns() if column.is_required} == {
        "source_patient_id",
        "test_code",
        "collected_at",
    }
