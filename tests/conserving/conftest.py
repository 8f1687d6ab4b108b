"""A ward whose deliveries have one of everything, and the statements that break it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.building import build_marts
from pipelines.conserving.booked_files import MOST_BYTES
from pipelines.conserving.conservation import conserve
from pipelines.conserving.steps import Counted, StepState
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.record.laboratory import PATIENTS, file_of, line

SOURCE, MERGED = "ward", "merged"
MERGE = """\
source_patient_id,surviving_patient_id,link_type_code,linked_at
P2,P1,merge,2026-02-01T08:00:00Z
"""
AHEAD = "2999-01-01T08:00:00Z"  # refused: it has not happened yet
CONDITIONS = (
    "record_id,source_patient_id,condition_code,code_system,started_at,"
    "source_updated_at,is_deleted"
)
FIRST_CONDITIONS = (
    "C1,P1,E11.9,ICD-10,2026-01-01,2026-01-02T08:00:00Z,",
    "C2,P2,I10,ICD-10,2026-01-02,2026-01-02T08:00:00Z,",
    "C3,P1,J45,ICD-10,2026-01-02,2026-01-02T08:00:00Z,",
)
SECOND_CONDITIONS = (
    "C1,P1,E11.8,ICD-10,2026-01-01,2026-01-03T08:00:00Z,",  # corrected
    "C3,P1,J45,ICD-10,2026-01-02,2026-01-03T08:00:00Z,true",
)
FIRST = [line(f"R{number}", stated="2026-02-02T09:00:00Z") for number in range(8)]
SECOND = [
    line("R0", value="4.4", stated="2026-02-03T09:00:00Z"),  # corrected
    line("R1", stated="2026-02-03T09:00:00Z", deleted="true"),
    FIRST[2],  # said again, word by word
    line("N1", stated="2026-02-03T09:00:00Z"),
]


@pytest.fixture(scope="package")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield a ward, built: versions, a deletion, refused rows and what nobody takes."""
    folder = tmp_path_factory.mktemp("deliveries")
    for settings in installation_with_marts(tmp_path_factory.mktemp("conserving")):
        deliver(settings, folder / "first", FIRST, FIRST_CONDITIONS)
        second = [*SECOND, line("F1", drawn=AHEAD), "x,y"]
        deliver(settings, folder / "second", second, SECOND_CONDITIONS)
        deliver_merge(settings, folder / "merge")
        build_marts(settings)
        yield settings


def deliver(
    settings: Settings,
    folder: Path,
    results: Sequence[str],
    conditions: Sequence[str] = FIRST_CONDITIONS,
    source: str = SOURCE,
    people: str = PATIENTS,
) -> None:
    """Load patients, results, diagnoses and a table that is of no feed."""
    folder.mkdir()
    (folder / "patients.csv").write_text(people)
    (folder / "lab_results.csv").write_bytes(file_of(*results))
    (folder / "conditions.csv").write_text("\n".join((CONDITIONS, *conditions, "")))
    (folder / "rota.csv").write_text("day,who\nmonday,nobody\n")
    load(settings, folder, format_name="csv", source_system=source)


def deliver_merge(settings: Settings, folder: Path) -> None:
    """Load two patients of another source, who are one person."""
    folder.mkdir()
    (folder / "patients.csv").write_text(PATIENTS)
    (folder / "patient_links.csv").write_text(MERGE)
    load(settings, folder, format_name="csv", source_system=MERGED)


@contextmanager
def changed(settings: Settings, *statements: str, undo: str) -> Iterator[None]:
    """Change the warehouse past everything that counts, and mend it afterwards."""
    execute(settings, *statements)
    try:
        yield
    finally:
        execute(settings, undo)


def execute(settings: Settings, *statements: str) -> None:
    """Carry out statements as the owner of what they are about."""
    is_of_marts = any("marts." in statement for statement in statements)
    with connect(settings, Role.BUILDER if is_of_marts else Role.OWNER) as owner:
        for statement in statements:
            owner.execute(statement)


def asked(settings: Settings, statement: str) -> list[tuple]:
    """Return what the owner of the warehouse reads."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(statement).fetchall()


def broken(
    settings: Settings, *, most_bytes: int = MOST_BYTES
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Count everything; return the steps that break: missing and too much."""
    return {
        (each.source_system, each.subject, each.step.code): (each.missing, each.extra)
        for each in conserve(settings, most_bytes=most_bytes)
        if each.state is StepState.BROKEN
    }


def by_step(found: list[Counted], source: str = SOURCE) -> dict[tuple[str, str], dict]:
    """Return the parts of every step of a source."""
    return {
        (each.subject, each.step.code): each.parts
        for each in found
        if each.source_system == source
    }
