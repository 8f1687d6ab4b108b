"""``ehr audit``: whether the trail is what was written, and what is done with it."""

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from pipelines.access import audit as trail
from pipelines.access.audit_export import (
    ExportError,
    ExportFormat,
    Selection,
    export_events,
)
from pipelines.access.audit_months import close_old_months, make_months_ahead
from pipelines.access.people import Person
from pipelines.access.spool import SpoolState
from pipelines.access.staff_addresses import keep_staff_address
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings, load_settings

app = typer.Typer(help="The trail of who saw what.", no_args_is_help=True)
console = Console()
MINUTE = 60


@app.callback()
def audit() -> None:
    """Examine the trail of who saw what."""


@app.command()
def verify() -> None:
    """Recompute the chain of the trail; compare it with anchors, spool and exports.

    Example: ehr audit verify
    """
    settings = load_settings()
    with connect(settings, Role.COMPLIANCE) as connection:
        breaks = trail.verify(settings, connection)
        unfinished = trail.find_unfinished(connection)
        counted = connection.execute("select count(*) from audit.event").fetchone()
    for each in breaks:
        where = f"event {each.event_id}: " if each.event_id else ""
        console.print(f"{where}{each.problem}")
    for each in unfinished:
        console.print(
            f"event {each.event_id}: {each.user_id} began {each.action!r} at "
            f"{each.happened_at:%Y-%m-%d %H:%M:%S} and no outcome followed: look it up"
        )
    _print_waiting(trail.waiting(settings))
    events = counted[0] if counted else 0
    if breaks:
        console.print(f"audit trail of {events:,} events: {len(breaks)} breaks")
        raise typer.Exit(1)
    console.print(f"audit trail of {events:,} events: whole")


@app.command()
def replay() -> None:
    """Bring what waits in the spool into the trail, now.

    Example: ehr audit replay
    """
    count = trail.replay(load_settings())
    console.print(f"{count:,} events were waiting and are in the trail now")


@app.command()
def export(  # noqa: PLR0913 - each is an option of the command line
    path: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    *,
    purpose: Annotated[str, typer.Option(help="What for; goes into the trail.")],
    since: Annotated[datetime | None, typer.Option(help="From this moment on.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this moment.")] = None,
    user: Annotated[str | None, typer.Option(help="Of this person only.")] = None,
    patient: Annotated[int | None, typer.Option(help="Of this patient key.")] = None,
    kind: Annotated[
        ExportFormat, typer.Option("--format", help="csv or jsonl.")
    ] = ExportFormat.CSV,
) -> None:
    """Write events of the trail to a file that only you can read; audited itself.

    Example: ehr audit export events.csv --since 2026-01-01 --purpose "yearly review"
    """
    settings = load_settings()
    selection = Selection(
        _local(settings, since), _local(settings, until), user, patient
    )
    try:
        with connect(settings, Role.COMPLIANCE) as connection:
            content = export_events(
                settings, connection, _operator(), selection, purpose, kind
            )
    except ExportError as error:
        raise typer.BadParameter(str(error)) from None
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    console.print(f"written to {path}")


@app.command("close-months")
def close_months() -> None:
    """Export and take away the months that are older than six years.

    Example: ehr audit close-months
    """
    settings = load_settings()
    make_months_ahead(settings)
    closed = close_old_months(settings, f"operator:{getpass.getuser()}")
    for month in closed:
        console.print(f"{month}: exported to EHR_HOME/audit/months and taken away")
    if not closed:
        console.print("no month is older than six years")


@app.command("staff-address")
def staff_address(
    user: Annotated[str, typer.Argument(help="Account of one of the staff.")],
) -> None:
    """Keep a keyed hash of a home address, to find looks at people who live there.

    The address is asked for, compared and forgotten; only its hash is kept.

    Example: ehr audit staff-address dr.meyer
    """
    settings = load_settings()
    line = typer.prompt("Street and house")
    postal_code = typer.prompt("Postal code")
    if not keep_staff_address(settings, user, line, postal_code):
        msg = f"there is no account {user!r}, or the address is not whole"
        raise typer.BadParameter(msg)
    console.print(f"the address of {user} is compared from now on")


def _print_waiting(state: SpoolState) -> None:
    if state.length:
        console.print(
            f"{state.length:,} events wait in the spool, the first for "
            f"{state.seconds / MINUTE:.0f} minutes; see 'ehr audit replay'"
        )


def _local(settings: Settings, moment: datetime | None) -> datetime | None:
    """Return a moment as the hospital's clock shows it."""
    if moment is None:
        return None
    return moment.replace(tzinfo=ZoneInfo(settings.time_zone))


def _operator() -> Person:
    return Person(f"operator:{getpass.getuser()}", "Operator", "compliance")
