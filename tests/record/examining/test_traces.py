"""Examining leaves an event that names every patient looked at, and nothing else."""

import pytest

from pipelines.access.audit import AuditError
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.record.laboratory import EARLIER, STATED, asked, examined, file_of, line

TABLES = ("raw.lab_results", "raw.delivery", "raw.source", "quarantine.row",
          "identity.patient_key", "access.upload")  # fmt: skip
LAST_EVENT = """
    select user_id, action, subject, result, cardinality(patient_keys), row_count
    from audit.event order by event_id desc limit 1
"""


def state(settings: Settings) -> dict[str, int]:
    """Return how many rows and archived files there are."""
    counts = {
        table: asked(settings, f"select count(*) from {table}")[0][0]  # noqa: S608
        for table in TABLES
    }
    archived = [path for path in settings.archive_folder.rglob("*") if path.is_file()]
    return counts | {"archived": len(archived)}


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
