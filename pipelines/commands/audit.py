"""``ehr audit verify``: whether the audit trail is what was written."""

import typer
from rich.console import Console

from pipelines.access.audit import find_unfinished
from pipelines.access.audit import verify as find_breaks
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import load_settings

app = typer.Typer(help="The trail of who saw what.", no_args_is_help=True)
console = Console()


@app.callback()
def audit() -> None:
    """Examine the trail of who saw what."""


@app.command()
def verify() -> None:
    """Recompute the chain of the audit trail and compare it with the anchors.

    Example: ehr audit verify
    """
    settings = load_settings()
    with connect(settings, Role.COMPLIANCE) as connection:
        breaks = find_breaks(settings, connection)
        unfinished = find_unfinished(connection)
        counted = connection.execute("select count(*) from audit.event").fetchone()
    for each in breaks:
        console.print(f"event {each.event_id}: {each.problem}")
    for each in unfinished:
        console.print(
            f"event {each.event_id}: {each.user_id} began {each.action!r} at "
            f"{each.happened_at:%Y-%m-%d %H:%M:%S} and no outcome followed: look it up"
        )
    events = counted[0] if counted else 0
    if breaks:
        console.print(f"audit trail of {events:,} events: {len(breaks)} breaks")
        raise typer.Exit(1)
    console.print(f"audit trail of {events:,} events: whole")
