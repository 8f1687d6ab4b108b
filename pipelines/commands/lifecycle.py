"""``ehr up | down | psql``: the installation as a whole."""

import os
import re
import shutil
import subprocess
from typing import Annotated, Any

import typer
from psycopg.conninfo import make_conninfo
from rich.console import Console

from pipelines.access.research import login_name
from pipelines.database import embedded
from pipelines.database.connections import conninfo
from pipelines.database.roles import Role, role_named
from pipelines.settings import Settings, load_settings

console = Console()


class NotForProductionError(Exception):
    """A door that is open only in a demonstration or a test."""


class ClientMissingError(Exception):
    """There is no psql for an external server."""


def up(
    *,
    database_only: Annotated[
        bool, typer.Option("--database-only", help="Start nothing but the database.")
    ] = False,
) -> None:
    """Start the database and the services; what runs already is left alone.

    Example: ehr up --database-only
    """
    from pipelines.database.provisioning import bring_up  # noqa: PLC0415 - 0.3 s

    settings = load_settings()
    bring_up(settings)
    console.print("database: ready")
    _repeat_erasures(settings)
    if not database_only:
        from pipelines.supervision.services import start_services  # noqa: PLC0415

        start_services(settings, console.print)


def _repeat_erasures(settings: Settings) -> None:
    """Erase who is on the list and may be there: a restore, or a newer list put back.

    It comes before the services, so before anybody can sign in.
    """
    from pipelines.backup import after_restore  # noqa: PLC0415 - 0.2 s

    if after_restore.are_erasures_due(settings):
        console.print(after_restore.repeat_erasures(settings).told, soft_wrap=True)


def down() -> None:
    """Stop the services and the embedded database; leave no process behind.

    Example: ehr down
    """
    from pipelines.supervision.services import stop_services  # noqa: PLC0415

    settings = load_settings()
    stop_services(settings)
    if not settings.database_url:
        _stop_server(settings)
    console.print("stopped")


def _stop_server(settings: Settings) -> None:
    """Stop the embedded server, and bring the end of its log to the backups."""
    from pipelines.backup import last_log  # noqa: PLC0415 - 0.2 s

    with last_log.kept(settings) as problem:
        embedded.stop(settings)
    if problem:
        console.print(f"[red]{problem[0]}[/red]", soft_wrap=True)


def psql(
    context: typer.Context,
    role: Annotated[
        str, typer.Option("--as", help="Login to use, such as builder.")
    ] = "researcher",
    user: Annotated[str, typer.Option(help="Person whose rights to take.")] = "",
    database: Annotated[str, typer.Option(help="Database to open.")] = "warehouse",
    sql_login: Annotated[
        str, typer.Option(help="Researcher whose own login to use; asks the password.")
    ] = "",
) -> None:
    """Open psql as a login; only in a demonstration or a test.

    Example: ehr psql --as doctor --user doctor -c "select * from marts.dim_patients"
    """
    settings = load_settings()
    if not settings.is_open_for_demonstration:
        msg = "ehr psql needs EHR_MODE=demo or test; engineers get a login of their own"
        raise NotForProductionError(msg)
    parameters = psql_parameters(settings, role_named(role), user, database)
    password = parameters.pop("password")
    environment = {**os.environ, "PGPASSWORD": password}
    if sql_login:
        parameters["user"] = login_name(sql_login)
        environment = dict(os.environ)
    done = subprocess.run(  # noqa: S603 - psql, with what the person at it typed
        [
            psql_program(settings),
            make_conninfo(**parameters),
            "--set=ON_ERROR_STOP=1",
            *context.args,
        ],
        env=environment,
        check=False,
    )
    raise typer.Exit(done.returncode)


def psql_parameters(
    settings: Settings, role: Role, user: str, database: str
) -> dict[str, Any]:
    """Return the parameters of a session that is one person's from its start."""
    parameters = conninfo(settings, role, database)
    if user:
        # A space would end the option, and begin one that somebody slipped in.
        escaped = re.sub(r"([\\\s])", r"\\\1", user)
        parameters["options"] = f"-c ehr.user_id={escaped}"
    return parameters


def psql_program(settings: Settings) -> str:
    """Return the client: the bundled one knows no TLS, so not for external servers.

    Raises:
        ClientMissingError: the server is external and this machine has no psql.
    """
    if not settings.database_url:
        return str(embedded.client_path(settings, "psql"))
    program = shutil.which("psql")
    if program is None:
        msg = "no psql on this machine: install PostgreSQL's client programs"
        raise ClientMissingError(msg)
    return program
