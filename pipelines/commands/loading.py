"""``ehr load | run | simulate``: getting records in, and marts built from them."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.checking.counting import count_checks, told
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.report import LoadReport
from pipelines.settings import load_settings

console = Console()
notes = Console(stderr=True)

NOTHING_NAMED = "name a folder or a file, or --template FEED"


class UnknownFormatError(Exception):
    """There is no format of that name; the message lists those that are."""


def load(  # noqa: PLR0913 - one argument for each option
    path: Annotated[Path | None, typer.Argument(help="Folder or file.")] = None,
    *,
    format_name: Annotated[
        str | None, typer.Option("--format", help="fhir, hl7v2, synthea, mimic or csv.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Name of the source system.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping file for tables of another shape.")
    ] = None,
    template: Annotated[
        str | None, typer.Option(help="Print an example of one feed's CSV and stop.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Try everything, keep nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print counts as JSON.")
    ] = False,
) -> None:
    """Load a folder or a file.

    Example: ehr load deliveries/monday --format csv --dry-run
    """
    if template:
        from pipelines.sources.csv_feeds.template import template as example  # noqa: PLC0415

        sys.stdout.write(example(template))
        return
    if path is None:
        raise typer.BadParameter(NOTHING_NAMED)
    report = load_with_progress(
        path, format_name=format_name, source=source, mapping=mapping, dry_run=dry_run
    )
    if as_json:
        sys.stdout.write(json.dumps(report.as_json(), indent=2) + "\n")
    else:
        print_report(report)
    if report.status == "held":
        raise typer.Exit(2)


def run(
    *,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build every mart anew.")
    ] = False,
) -> None:
    """Build the marts from what has landed.

    Example: ehr run
    """
    from pipelines.building import build_marts  # noqa: PLC0415 - dbt's import costs seconds

    settings = load_settings()
    with notes.status("building and checking the marts"):
        patients = build_marts(settings, is_full=full_refresh)
    console.print(f"marts built; patients with new facts: {patients:,}")
    with connect(settings, Role.LOADER) as connection:
        console.print(told(count_checks(connection)))
    tell_by_alerts()


def tell_by_alerts() -> None:
    """Send what quality staff should know; what fails is tried again later."""
    from pipelines.alerting.telling import tell  # noqa: PLC0415 - 0.1 s

    for each in tell(load_settings()):
        done = f"{each.count} sent" if not each.problem else f"not sent, {each.problem}"
        console.print(f"alerts by {each.channel}: {done}", soft_wrap=True)


def simulate(
    *,
    patients: Annotated[int, typer.Option(help="How many patients.")] = 2000,
    years: Annotated[int, typer.Option(help="How many years, up to --until.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, another hospital.")] = 1,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; today.")
    ] = None,
    into: Annotated[Path | None, typer.Option(help="Folder for the delivery.")] = None,
) -> None:
    """Write the deliveries of a synthetic hospital.

    Example: ehr simulate --patients 200 --years 2 --seed 7 --into /tmp/hospital
    """
    rows = simulate_with_progress(
        patients=patients,
        years=years,
        seed=seed,
        until=until.date() if until else datetime.now(UTC).date(),
        folder=into or load_settings().root / "simulated",
    )
    console.print(f"{sum(rows.values()):,} rows of {len(rows)} feeds")


def simulate_with_progress(
    *, patients: int, years: int, seed: int, until: date, folder: Path
) -> dict[str, int]:
    """Write a synthetic hospital's deliveries; return how many rows of each feed."""
    from pipelines.record.simulator.simulation import simulate as write_hospital  # noqa: PLC0415 - numpy and polars cost a second

    with _progress() as progress:
        task = progress.add_task("simulating", total=patients)

        def show(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        return write_hospital(
            patients=patients,
            years=years,
            seed=seed,
            until=until,
            folder=folder,
            progress=show,
        )


def load_with_progress(
    path: Path,
    *,
    format_name: str | None,
    source: str | None,
    mapping: Path | None = None,
    dry_run: bool = False,
) -> LoadReport:
    """Load a folder or file, showing how many records have been read."""
    from pipelines.landing.loading import load as land  # noqa: PLC0415 - polars' import costs a second

    adapter = None
    if format_name:
        _check_format(format_name)
    if mapping:
        from pipelines.sources.mapping import adapter_from_mapping  # noqa: PLC0415

        adapter = adapter_from_mapping(mapping)
    with _progress() as progress:
        tasks: dict[str, int] = {}

        def show(name: str, records: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=None)
            progress.update(tasks[name], description=f"{name}: {records:,} records")

        return land(
            load_settings(),
            path,
            format_name=format_name,
            adapter=adapter,
            source_system=source,
            is_dry_run=dry_run,
            progress=show,
        )


def _check_format(name: str) -> None:
    from pipelines.sources.catalogue import ADAPTERS  # noqa: PLC0415 - polars' import costs a second

    if name not in ADAPTERS:
        known = ", ".join(ADAPTERS)
        msg = f"there is no format {name!r}; there are {known}, and --mapping FILE"
        raise UnknownFormatError(msg)


def print_report(report: LoadReport) -> None:
    """Print what became of every record, for a person."""
    files = Table(
        "file", "records", "mapped", "excluded", "refused", "note", title="Files"
    )
    for name, counts in report.files.items():
        reasons = [f"{reason}: {count:,}" for reason, count in counts.reasons.items()]
        note = counts.problem or "; ".join(reasons) or ""
        numbers = (counts.records, counts.mapped, counts.excluded, counts.refused)
        files.add_row(name, *(f"{number:,}" for number in numbers), note)
    feeds = Table("feed", "made", "landed", "unchanged", "refused", title="Feeds")
    for name, rows in report.feeds.items():
        numbers = (rows.made, rows.landed, rows.unchanged, rows.refused)
        feeds.add_row(name, *(f"{number:,}" for number in numbers))
    console.print(files, feeds)
    if report.missing_tables:
        console.print(f"not in this delivery: {', '.join(report.missing_tables)}")
    if report.unknown_files:
        console.print(f"not known to this source: {', '.join(report.unknown_files)}")
    if report.held_because:
        console.print(f"[red]held, nothing landed:[/red] {report.held_because}")
    console.print(f"delivery {report.delivery_id}: {report.status}")


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=notes,
        transient=True,
        disable=not notes.is_terminal,
    )
