"""``ehr up | down | status | psql``: the installation as a whole."""

import os
import subprocess
from typing import Annotated

import typer
from rich.console import Console

from pipelines.database import embedded
from pipelines.database.connections import conninfo
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import role_named
from pipelines.settings import load_settings

console = Console()


class NotForProductionError(Exception):
    """A door that is open only in a demonstration or a test."""


def up(
    *,
    database_only: Annotated[
        bool, typer.Option("--database-only", help="Start nothing but the database.")
    ] = False,
) -> None:
    """Start the database and the services.

    Example: ehr up --database-only
    """
    settings = load_settings()
    bring_up(settings)
    console.print("database: ready")
    if not database_only:
        from pipelines.supervision.services import start_services  # noqa: PLC0415 - Dagster's import costs seconds

        start_services(settings, console.print)


def down() -> None:
    """Stop the services and the embedded database; leave no process behind.

    Example: ehr down
    """
    from pipelines.supervision.services import stop_services  # noqa: PLC0415 - Dagster's import costs seconds

    settings = load_settings()
    stop_services(settings)
    if not settings.database_url:
        embedded.stop(settings)
    console.print("stopped")


def psql(
    context: typer.Context,
    role: Annotated[str, typer.Option("--as", help="Login to use, such as builder.")],
    user: Annotated[str, typer.Option(help="Person whose rights to take.")] = "",
    database: Annotated[str, typer.Option(help="Database to open.")] = "warehouse",
) -> None:
    """Open the bundled psql as a login; only in a demonstration or a test.

    Example: ehr psql --as doctor --user demo-doctor -c "select count(*) from marts.dim_patients"
    """
    settings = load_settings()
    if not settings.is_open_for_demonstration:
        msg = "ehr psql needs EHR_MODE=demo or test; engineers get a login of their own"
        raise NotForProductionError(msg)
    parameters = conninfo(settings, role_named(role), database)
    password = parameters.pop("password")
    if user:
        parameters["options"] = f"-c ehr.user_id={user}"
    address = " ".join(f"{name}='{value}'" for name, value in parameters.items())
    program = (
        "psql" if settings.database_url else str(embedded.client_path(settings, "psql"))
    )
    done = subprocess.run(
        [program, address, "-v", "ON_ERROR_STOP=1", *context.args],
        env={**os.environ, "PGPASSWORD": password},
        check=False,
    )
    raise typer.Exit(done.returncode)
