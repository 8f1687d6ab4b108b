"""``ehr quarantine``: what was refused, and why."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import load_settings

console = Console()


def quarantine(
    limit: Annotated[int, typer.Option(help="How many rows, newest first.")] = 50,
    *,
    lines: Annotated[
        bool, typer.Option("--lines", help="Show the original lines: patients' text.")
    ] = False,
) -> None:
    """List refused rows that wait, with the rule that each broke.

    Example: ehr quarantine --limit 20
    """
    from pipelines.landing.quarantine import waiting_rows  # noqa: PLC0415 - polars

    settings = load_settings()
    keyring = load_keyring(settings.keys_folder)
    with connect(settings, Role.QUALITY) as connection:
        rows = waiting_rows(connection, keyring, limit=limit)
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
