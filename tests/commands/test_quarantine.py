"""``ehr quarantine``: reasons for everybody, lines for a reason, and decisions."""

from pathlib import Path

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.commands.conftest import Ehr

BROKEN_LINE = "X1,P1,Canary-4711"
HEADER = "record_id,source_patient_id,test_code,value_text,collected_at"


def refuse_a_line(settings: Settings, folder: Path) -> None:
    (folder / "lab_results.csv").write_text(f"{HEADER}\n{BROKEN_LINE}\n")
    load(settings, folder, format_name="csv")


def test_original_lines_need_a_reason_that_is_audited(
    installation: Settings, ehr: Ehr, tmp_path: Path
) -> None:
    refuse_a_line(installation, tmp_path)

    without_lines = ehr("quarantine")
    without_reason = ehr("quarantine", "--lines")
    with_reason = ehr("quarantine", "--lines", "--reason", "mending the export")

    assert "has 3 fields" in without_lines.stdout
    assert "Canary-4711" not in without_lines.stdout + without_reason.output
    assert without_reason.exit_code == 2
    assert "Canary-4711" in with_reason.stdout
    with connect(installation, Role.COMPLIANCE) as connection:
        purposes = connection.execute("select purpose from audit.event").fetchall()
    assert ("mending the export",) in purposes


RESULTS = (
    "record_id,source_patient_id,test_code,code_system,value_text,value_number,unit,"
    "collected_at\n"
    "A,P1,2823-3,LOINC,4.1,4.1,mmol/L,2026-02-01T08:00:00Z\n"
    "B,P1,2823-3,LOINC,4.1,4.1,mmol/L,2999-02-01T08:00:00Z\n"
    "C,P1,,LOINC,4.1,4.1,mmol/L,2026-02-01T08:00:00Z\n"
)


def test_an_operator_releases_and_discards_with_a_reason_that_is_audited(
    installation: Settings, ehr: Ehr, tmp_path: Path
) -> None:
    path = tmp_path / "lab_results.csv"
    path.write_text(RESULTS)
    load(installation, path, format_name="csv", source_system="ward")
    chosen = ("--source", "ward", "--reason", "the ward confirmed it")

    not_sure = ehr("quarantine", "release", *chosen)
    released = ehr("quarantine", "release", *chosen, "--yes")
    discarded = ehr("quarantine", "discard", *chosen, "--yes")
    nothing_left = ehr("quarantine", "discard", *chosen, "--yes")

    assert not_sure.exit_code == 1
    assert "2 rows wait and match, for 2 records" in released.stdout
    assert "1 released, 0 discarded, 1 still waiting" in released.stdout
    assert "0 released, 1 discarded, 0 still waiting" in discarded.stdout
    assert "no refused row that waits matches" in str(nothing_left.exception)
    with connect(installation, Role.COMPLIANCE) as connection:
        told = connection.execute(
            "select action, result from audit.event where purpose = %s order by 1, 2",
            ("the ward confirmed it",),
        ).fetchall()
    assert told == [
        ("discard refused rows", "error"),
        ("discard refused rows", "intended"),
        ("discard refused rows", "intended"),
        ("discard refused rows", "ok"),
        ("release refused rows", "intended"),
        ("release refused rows", "ok"),
    ]


def test_an_operator_corrects_a_unit_and_takes_it_back(
    installation: Settings, ehr: Ehr, tmp_path: Path
) -> None:
    path = tmp_path / "lab_results.csv"
    path.write_text(RESULTS)
    load(installation, path, format_name="csv", source_system="units")
    place = ("--source", "units", "--feed", "lab_results", "--column", "unit")
    chosen = (*place, "--delivered", "mmol per l", "--reason", "their new spelling")

    made = ehr("quarantine", "correct", *chosen, "--mapped", "mmol/L")
    unknown = ehr("quarantine", "correct", *chosen, "--mapped", "no unit")
    back = ehr("quarantine", "correct", *chosen)

    assert "correction of a unit made: units, lab_results.unit" in made.stdout
    assert "do not know this unit" in str(unknown.exception)
    assert "correction of a unit taken back" in back.stdout
