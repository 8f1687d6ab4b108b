"""Tells what was measured: a table on screen, Markdown for the documents, JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measures import Measure

HEADINGS = ("part", "measured", "value", "unit", "goal", "verdict", "note")
COLOURS = {"met": "green", "missed": "red", "": "default"}
Facts = Mapping[str, str | float | int]


def print_measures(console: Console, facts: Facts, measures: list[Measure]) -> None:
    """Print a table for a person."""
    title = ", ".join(f"{name} {value}" for name, value in facts.items())
    table = Table(*HEADINGS, title="Benchmarks", caption=title)
    table.columns[2].justify = "right"
    for measure in measures:
        table.add_row(*_cells(measure), style=COLOURS[measure.verdict])
    console.print(table)


def write_results(folder: Path, facts: Facts, measures: list[Measure]) -> None:
    """Write ``benchmarks.json`` and ``benchmarks.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [{**asdict(each), "verdict": each.verdict} for each in measures]
    document = json.dumps({"machine": facts, "measures": found}, indent=2)
    (folder / "benchmarks.json").write_text(document + "\n")
    (folder / "benchmarks.md").write_text(as_markdown(facts, measures))


def as_markdown(facts: Facts, measures: list[Measure]) -> str:
    """Return machine and measures as two Markdown tables."""
    machine = [("machine", ""), ("---", "---"), *facts.items()]
    rows = [HEADINGS, ["---"] * len(HEADINGS), *map(_cells, measures)]
    tables = [
        "\n".join(f"| {' | '.join(map(str, row))} |" for row in table)
        for table in (machine, rows)
    ]
    return "\n\n".join(tables) + "\n"


def _cells(measure: Measure) -> tuple[str, ...]:
    goal = f"{measure.goal.direction} {measure.goal.limit:g}" if measure.goal else ""
    return (
        measure.part,
        measure.subject,
        _number(measure.value),
        measure.unit,
        goal,
        measure.verdict,
        measure.note,
    )


def _number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if abs(value) >= 1000:  # noqa: PLR2004 - four digits before the point
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"  # noqa: PLR2004
