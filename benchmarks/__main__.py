"""``python -m benchmarks``: measures what ``docs/benchmarks.md`` reports.

A clock never fails it: a missed goal is a line of the report.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from benchmarks import (
    auditing,
    building,
    checking,
    interfaces,
    landing,
    medicines,
    memory,
    reading,
    saving,
    viewing,
)
from benchmarks.data import Hospital, make_hospital
from benchmarks.installation import new_installation
from benchmarks.machine import machine_facts
from benchmarks.measures import Announce, Measure
from benchmarks.report import print_measures, write_results
from pipelines.settings import PROJECT, Settings, load_settings

WARM_UP_ROWS = 500
# Beside a development checkout; without it nothing is measured of HL7 v2 and FHIR.
CORPORA = PROJECT.parent / "shared" / "data"
NARROWEST = 130  # columns; where no terminal says, rich takes 80 and breaks every cell


class Part(StrEnum):
    """What can be measured by itself; reading and viewing need what building makes."""

    LANDING = landing.PART
    MEMORY = memory.PART
    BUILDING = building.PART
    READING = reading.PART
    VIEWING = viewing.PART
    AUDITING = auditing.PART
    CHECKING = checking.PART
    SAVING = saving.PART
    HL7V2 = interfaces.HL7V2
    FHIR = interfaces.FHIR
    MEDICINES = medicines.PART


STEPS = {
    Part.LANDING: landing.STEPS,
    Part.MEMORY: memory.STEPS,
    Part.BUILDING: building.STEPS,
    Part.READING: reading.STEPS,
    Part.VIEWING: viewing.STEPS,
    Part.AUDITING: auditing.STEPS,
    Part.CHECKING: checking.STEPS,
    Part.SAVING: saving.STEPS,
    Part.HL7V2: interfaces.STEPS_HL7V2,
    Part.FHIR: interfaces.STEPS_FHIR,
    Part.MEDICINES: medicines.STEPS,
}

OF_HOSPITAL = {
    Part.LANDING,
    Part.MEMORY,
    Part.BUILDING,
    Part.READING,
    Part.VIEWING,
    Part.AUDITING,
    Part.CHECKING,
}


def main(
    *,
    rows: Annotated[
        int, typer.Option(help="Laboratory results to measure with.")
    ] = 1_000_000,
    only: Annotated[
        list[Part] | None, typer.Option(help="Measure this part only.")
    ] = None,
    mimic: Annotated[
        Path | None,
        typer.Option(help="Folder of MIMIC-IV, whose largest patient is then viewed."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="Folder for everything written; replaced.")
    ] = None,
    corpora: Annotated[
        Path, typer.Option(help="Folder of hl7v2 and fhir_r4_615_patients.")
    ] = CORPORA,
    patients: Annotated[
        int, typer.Option(help="Patients whose medicines are built.")
    ] = 10_000,
) -> None:
    """Measure every part, or those named; print a table and write JSON.

    Example: python -m benchmarks --rows 50000 --only landing
    """
    folder = into or load_settings().root / "benchmark"
    parts = set(only or Part)
    if not corpora.is_dir():
        parts -= {Part.HL7V2, Part.FHIR}
    if parts & {Part.READING, Part.VIEWING}:
        parts.add(Part.BUILDING)
    facts = {**machine_facts(), "laboratory_results": rows}
    console = Console()
    console.width = max(console.width, NARROWEST)
    with (
        _progress() as progress,
        new_installation((folder / "installation").resolve()) as settings,
    ):
        task = progress.add_task(
            "", total=1 + sum(STEPS[part] for part in parts), completed=-1
        )

        def announce(what: str) -> None:
            progress.update(task, description=what, advance=1)

        given = Given(settings, rows, parts, announce, corpora, patients, mimic)
        measures = measure(given)
    write_results(folder / "results", facts, measures)
    print_measures(console, facts, measures)
    console.print(f"written to {folder / 'results'}")


@dataclass(frozen=True)
class Given:
    """What is measured, where, and with which data of others."""

    settings: Settings
    rows: int
    parts: set[Part]
    announce: Announce
    corpora: Path
    patients: int
    mimic: Path | None = None


def measure(given: Given) -> list[Measure]:
    """Measure the parts in an empty installation, one after the other."""
    return [
        *(_measure_hospital(given) if given.parts & OF_HOSPITAL else ()),
        *(
            found
            for part in Part
            if part in given.parts - OF_HOSPITAL
            for found in _measure_alone(part, given)
        ),
    ]


def _measure_hospital(given: Given) -> list[Measure]:
    """Measure the parts that need the simulated hospital."""
    settings, announce = given.settings, given.announce
    announce(f"making {given.rows:,} laboratory results")
    hospital = make_hospital(settings.root / "hospital", given.rows)
    warm_up = _warm_up(settings)
    found = [
        each
        for part in Part
        if part in (given.parts & OF_HOSPITAL) - {Part.VIEWING}
        for each in _measure(part, settings, hospital, warm_up, announce)
    ]
    # The last one: it may bring another source.
    if Part.VIEWING in given.parts:
        found += viewing.measure_viewing(settings, given.mimic, announce)
    return found


def _measure_alone(part: Part, given: Given) -> list[Measure]:
    """Measure a part that makes what it needs itself."""
    if part is Part.SAVING:
        beside = given.settings.root.parent / "demonstration"
        return saving.measure_saving(beside, given.announce)
    if part is Part.MEDICINES:
        return medicines.measure_medicines(
            given.settings, given.patients, given.announce
        )
    measures = {
        Part.HL7V2: interfaces.measure_hl7v2,
        Part.FHIR: interfaces.measure_fhir,
    }
    return measures[part](given.settings, given.corpora, given.announce)


def _warm_up(settings: Settings) -> Path:
    """Return a small file to load before each measured one."""
    return make_hospital(settings.root / "warm_up", WARM_UP_ROWS).lab_results


def _measure(
    part: Part,
    settings: Settings,
    hospital: Hospital,
    warm_up: Path,
    announce: Announce,
) -> list[Measure]:
    if part is Part.READING:
        return reading.measure_reading(settings, announce)
    if part is Part.AUDITING:
        return auditing.measure_auditing(settings, announce)
    measures = {
        Part.LANDING: landing.measure_landing,
        Part.MEMORY: memory.measure_memory,
        Part.BUILDING: building.measure_building,
        Part.CHECKING: checking.measure_checking,
    }
    return measures[part](settings, hospital, warm_up, announce)


def _progress() -> Progress:
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


if __name__ == "__main__":
    typer.run(main)
