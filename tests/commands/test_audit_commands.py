"""``ehr audit``: exports with a purpose, replays, and what it says of a spool."""

import csv
import json
from pathlib import Path

import pytest

from pipelines.access import audit
from pipelines.access.audit import Event, append
from pipelines.access.audit_export import safe_cell
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.audit_away import trail_away
from tests.commands.conftest import Ehr

PURPOSE = ("--purpose", "yearly review of exports")


def event(subject: str, *patient_keys: int) -> Event:
    """Return something that a nurse did."""
    return Event("nurse", "nurse", "read", subject, patient_keys, len(patient_keys))


def test_an_export_holds_what_was_asked_for_and_is_an_event_itself(
    ehr: Ehr, installation: Settings, tmp_path: Path
) -> None:
    append(installation, event("=cmd|' /C calc'!A0", 77, 78))
    append(installation, event("other", 79))
    path = tmp_path / "events.csv"

    done = ehr("audit", "export", str(path), "--patient", "77", *PURPOSE)

    assert done.exit_code == 0, done.output
    assert path.stat().st_mode & 0o077 == 0
    with path.open() as lines:
        told, *rest = csv.DictReader(lines)
    assert told["subject"] == "'=cmd|' /C calc'!A0"
    assert told["patient_keys"] == "77", "whom else an event names is not told"
    assert [row["action"] for row in rest] == ["export"]
    with connect(installation, Role.OWNER) as connection:
        last = connection.execute(
            "select action, patient_keys, purpose, user_id from audit.event "
            "order by event_id desc limit 1"
        ).fetchone()
    assert last[:3] == ("export", [77], PURPOSE[1])
    assert last[3].startswith("operator:")


def test_an_export_as_lines_of_json_is_read_back(
    ehr: Ehr, installation: Settings, tmp_path: Path
) -> None:
    append(installation, event("json", 80, 81))
    path = tmp_path / "events.jsonl"

    ehr("audit", "export", str(path), "--user", "nurse", "--format", "jsonl", *PURPOSE)

    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert {each["user_id"] for each in events} == {"nurse"}
    assert events[-1]["patient_keys"] == [80, 81]


def test_without_a_purpose_nothing_is_exported(ehr: Ehr, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"

    done = ehr("audit", "export", str(path), "--purpose", "because")

    assert done.exit_code != 0
    assert "what the export is for" in done.output
    assert not path.exists()


def test_no_file_is_written_over(ehr: Ehr, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("mine")

    assert ehr("audit", "export", str(path), *PURPOSE).exit_code != 0
    assert path.read_text() == "mine"


def test_what_waits_is_told_and_brought_back(ehr: Ehr, installation: Settings) -> None:
    with trail_away(installation):
        append(installation, event("waits", 5))
        verified = ehr("audit", "verify").output
        state = json.loads(ehr("status", "--json").output)
    assert "1 events wait in the spool" in verified
    assert state["audit_spool"]["events"] == 1
    assert audit.waiting(installation).length == 0
    assert "0 events were waiting" in ehr("audit", "replay").output
    assert "whole" in ehr("audit", "verify").output


def test_no_month_is_closed_before_its_time(ehr: Ehr) -> None:
    assert "no month is older than six years" in ehr("audit", "close-months").output


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_begins_a_formula(begin: str) -> None:
    assert safe_cell(f"{begin}1+1") == f"'{begin}1+1"
    assert safe_cell(-5) == "-5"
    assert safe_cell(None) == ""
