"""``ehr demo``: a synthetic hospital, from nothing to live dashboards."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.demonstration import DemoPerson, make_demo_people
from pipelines.access.encryption import load_keyring
from pipelines.commands.loading import simulate_with_progress
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.settings import Settings, load_settings
from pipelines.sources.naming import RECORD as RECORD_SOURCE

PASSWORDS_FILE = "demo-people.txt"

console = Console()


class NotADemonstrationError(Exception):
    """The installation is not for demonstrations."""


def demo(
    *,
    patients: Annotated[int, typer.Option(help="How many patients.")] = 2000,
    years: Annotated[int, typer.Option(help="How many years, up to today.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, another hospital.")] = 1,
    services: Annotated[
        bool, typer.Option(help="Start the dashboards and Dagster, too.")
    ] = True,
) -> None:
    """Simulate a hospital, fill its record, bring it to the marts, start everything.

    A second time it starts what is stopped and changes nothing.

    Example: ehr demo --patients 300
    """
    from pipelines.database.provisioning import bring_up  # noqa: PLC0415 - 0.3 s

    settings = load_settings()
    if not settings.is_open_for_demonstration:
        msg = "ehr demo needs EHR_MODE=demo; 'make demo' sets it"
        raise NotADemonstrationError(msg)
    started = monotonic()
    bring_up(settings)
    if not _is_built(settings):
        _fill(settings, patients=patients, years=years, seed=seed)
    people = _people(settings)
    if services:
        from pipelines.supervision.services import start_services  # noqa: PLC0415 - 0.2 s

        start_services(settings, console.print)
    _print_people(settings, people)
    console.print(f"ready after {monotonic() - started:.0f} s; 'ehr down' stops it")


def _is_built(settings: Settings) -> bool:
    with connect(settings, Role.LOADER) as connection:
        row = connection.execute(
            "select exists (select 1 from raw.build where status = 'succeeded') "
            "and exists (select 1 from raw.delivery where source_system = %s "
            "and status = 'landed')",
            (RECORD_SOURCE,),
        ).fetchone()
    return bool(row and row[0])


def _fill(settings: Settings, *, patients: int, years: int, seed: int) -> None:
    from pipelines.building import build_marts  # noqa: PLC0415 - dbt's import costs 4 seconds
    from pipelines.landing.report import LoadReport  # noqa: PLC0415
    from pipelines.record.filling import is_filled  # noqa: PLC0415
    from pipelines.risk.renewal import train_and_score  # noqa: PLC0415 - scikit-learn's import costs seconds
    from pipelines.write_back import land_record  # noqa: PLC0415

    with connect(settings, Role.OWNER, RECORD) as record:
        is_there = is_filled(record)
    if not is_there:  # or an earlier try ended after it
        folder = settings.root / "simulated"
        until = datetime.now(UTC).date()
        rows = simulate_with_progress(
            patients=patients, years=years, seed=seed, until=until, folder=folder
        )
        console.print(f"simulated: {sum(rows.values()):,} rows")
        written = _fill_record(settings, folder)
        console.print(f"record: {sum(written.values()):,} versions of entries")
    with console.status("bringing the record into the warehouse"):
        report = land_record(settings) or LoadReport(None, RECORD_SOURCE, RECORD_SOURCE)
    landed = sum(counts.landed for counts in report.feeds.values())
    refused = sum(counts.refused for counts in report.feeds.values())
    console.print(f"loaded: {landed:,} rows landed, {refused:,} refused with a reason")
    with console.status("building the marts"):
        build_marts(settings)
    console.print("marts: built and tested")
    console.print(f"risk: {train_and_score(settings)}")


def _fill_record(settings: Settings, folder: Path) -> dict[str, int]:
    """Write the simulated history into the record; then nobody needs the files."""
    from pipelines.record.filling import fill_record  # noqa: PLC0415 - polars' import costs a second

    keyring = load_keyring(settings.keys_folder)
    with (
        connect(settings, Role.OWNER, RECORD) as record,
        console.status("filling the record") as status,
    ):
        written = fill_record(
            record,
            keyring,
            folder,
            lambda feed, rows: status.update(f"filling the record: {rows:,} {feed}"),
        )
    shutil.rmtree(folder)
    return written


def _people(settings: Settings) -> list[DemoPerson]:
    with connect(settings, Role.OWNER) as connection:
        people = make_demo_people(connection, RECORD_SOURCE)
    made = [each for each in people if each.password]
    if made:
        lines = [f"{each.person.user_id} {each.password}\n" for each in made]
        _append_private(settings.root / PASSWORDS_FILE, "".join(lines))
    return people


def _append_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as handle:
        handle.write(text)


def _print_people(settings: Settings, people: list[DemoPerson]) -> None:
    path = settings.root / PASSWORDS_FILE
    kept = path.read_text().splitlines() if path.exists() else []
    passwords = dict(line.split() for line in kept)
    table = Table("user", "name", "role", "password", title="People")
    for each in people:
        person = each.person
        table.add_row(
            person.user_id,
            person.display_name,
            person.role.title,
            passwords.get(person.user_id, ""),
        )
    console.print(table)
    console.print(
        f"dashboards  http://127.0.0.1:{settings.dashboard_port}  (one click)"
    )
    console.print(f"Dagster     http://127.0.0.1:{settings.dagster_port}")
