"""``ehr quarantine``: what was refused, why, and what is decided about it."""

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.audit import Event, append
from pipelines.access.encryption import load_keyring
from pipelines.commands import quarantine_decisions as decisions
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings, load_settings

console = Console()
app = typer.Typer(help="What was refused, why, and what is decided about it.")


@app.callback(invoke_without_command=True)
def quarantine(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="How many rows, newest first.")] = 50,
    *,
    lines: Annotated[
        bool, typer.Option("--lines", help="Show the original lines: patients' text.")
    ] = False,
    reason: Annotated[
        str, typer.Option(help="Why the lines are read; goes into the audit.")
    ] = "",
) -> None:
    """List refused rows that wait, with the rule that each broke.

    Example: ehr quarantine --limit 20
    """
    if context.invoked_subcommand:
        return
    if lines and not reason.strip():
        message = "--lines shows patients' text: say why, with --reason"
        raise typer.BadParameter(message)
    from pipelines.landing.quarantine import waiting_rows  # noqa: PLC0415 - polars

    settings = load_settings()
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.QUALITY) as connection:
        rows = waiting_rows(connection, keyring, limit=limit)
    if lines:
        _audit(settings, reason, len(rows))
    table = Table("row", "source", "table", "feed", "line", "rules", "reason")
    if lines:
        table.add_column("original line")
    for row in rows:
        names = ("row_id", "source_system", "table_name", "feed", "line_number",
                 "rules", "reason")  # fmt: skip
        cells = [str(row[name] or "") for name in names]
        table.add_row(*cells, *([str(row["original_text"])] if lines else []))
    console.print(table)
    console.print(f"{len(rows)} rows shown")


def _audit(settings: Settings, reason: str, row_count: int) -> None:
    """Enter who reads original lines, and why, before one is shown."""
    event = Event(
        user_id=f"operator:{getpass.getuser()}",
        role=Role.QUALITY,
        action="read",
        subject="quarantine.row",
        row_count=row_count,
        purpose=reason,
    )
    append(settings, event)


for command in (
    decisions.replay,
    decisions.release,
    decisions.discard,
    decisions.close,
    decisions.correct,
):
    app.command()(command)
