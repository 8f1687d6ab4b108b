"""``python -m benchmarks``: measures what ``docs/benchmarks.md`` reports.

A clock never fails it: a missed goal is a line of the report.
"""

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

from benchmarks import auditing, building, interfaces, landing, memory, reading
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
    """What can be measured by itself; reading needs what building makes."""

    LANDING = landing.PART
    MEMORY = memory.PART
    BUILDING = building.PART
    READING = reading.PART
    AUDITING = auditing.PART
    HL7V2 = interfaces.HL7V2
    FHIR = interfaces.FHIR


STEPS = {
    Part.LANDING: landing.STEPS,
    Part.MEMORY: memory.STEPS,
    Part.BUILDING: building.STEPS,
    Part.READING: reading.STEPS,
    Part.AUDITING: auditing.STEPS,
    Part.HL7V2: interfaces.STEPS_HL7V2,
    Part.FHIR: interfaces.STEPS_FHIR,
}


def main(
    *,
    rows: Annotated[
        int, typer.Option(help="Laboratory results to measure with.")
    ] = 1_000_000,
    only: Annotated[
        list[Part] | None, typer.Option(help="Measure this part only.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="Folder for everything written; replaced.")
    ] = None,
    corpora: Annotated[
        Path, typer.Option(help="Folder of hl7v2 and fhir_r4_615_patients.")
    ] = CORPORA,
) -> None:
    """Measure every part, or those named; print a table and write JSON.

    Example: python -m benchmarks --rows 50000 --only landing
    """
    folder = into or load_settings().root / "benchmark"
    parts = set(only or Part)
    if not corpora.is_dir():
        parts -= {Part.HL7V2, Part.FHIR}
    if Part.READING in parts:
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

        measures = measure(settings, rows, parts, announce, corpora)
    write_results(folder / "results", facts, measures)
    print_measures(console, facts, measures)
    console.print(f"written to {folder / 'results'}")


def measure(
    settings: Settings,
    rows: int,
    parts: set[Part],
    announce: Announce,
    corpora: Path,
) -> list[Measure]:
    """Measure the parts in an empty installation, one after the other."""
    own = parts - {Part.HL7V2, Part.FHIR}
    return [
        *(_measure_hospital(settings, rows, own, announce) if own else ()),
        *(
            found
            for part in (Part.HL7V2, Part.FHIR)
            if part in parts
            for found in interfaces.MEASURES[part](settings, corpora, announce)
        ),
    ]


def _measure_hospital(
    settings: Settings, rows: int, parts: set[Part], announce: Announce
) -> list[Measure]:
    """Measure the parts that need the simulated hospital."""
    announce(f"making {rows:,} laboratory results")
    hospital = make_hospital(settings.root / "hospital", rows)
    warm_up = _warm_up(settings)
    return [
        found
        for part in Part
        if part in parts
        for found in _measure(part, settings, hospital, warm_up, announce)
    ]


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
