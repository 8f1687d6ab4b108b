"""``ehr report``: printable reports of a delivery and of a month."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.settings import load_settings

console = Console()
app = typer.Typer(help="Printable reports: one HTML file that needs no network.")
Output = Annotated[
    Path | None, typer.Option(help="File to write; kept in EHR_HOME without it.")
]


@app.command()
def delivery(
    number: Annotated[int, typer.Argument(help="Number of the delivery.")],
    *,
    output: Output = None,
) -> None:
    """Write the report of one delivery.

    Example: ehr report delivery 12 --output delivery-12.html
    """
    from pipelines.reports.keeping import delivery_file, keep  # noqa: PLC0415 - 0.2 s
    from pipelines.reports.reading import delivery_report  # noqa: PLC0415

    settings = load_settings()
    report = delivery_report(settings, number)
    _say(keep(report, output or delivery_file(settings, number)))


@app.command()
def month(
    name: Annotated[str, typer.Argument(help="The month, as 2026-11.")],
    *,
    output: Output = None,
) -> None:
    """Write the report of one month; of one that is not over, so far.

    Example: ehr report month 2026-11 --output november.html
    """
    from pipelines.reports.calendar_month import month_named  # noqa: PLC0415
    from pipelines.reports.keeping import keep, month_file  # noqa: PLC0415 - 0.2 s
    from pipelines.reports.reading import month_report  # noqa: PLC0415

    settings = load_settings()
    wanted = month_named(name, settings.time_zone)
    report = month_report(settings, wanted)
    _say(keep(report, output or month_file(settings, wanted.name)))


def _say(path: Path) -> None:
    console.print(f"written: {path}", soft_wrap=True)
