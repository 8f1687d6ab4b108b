"""``ehr quarantine``: reasons for everybody, original lines only for a reason."""

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
