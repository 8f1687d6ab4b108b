"""``ehr user``: accounts of people, how they sign in, and researchers' own SQL."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.passwords import new_password
from pipelines.access.people import Person, PersonRole, all_people, create_person
from pipelines.access.provider import link_identity
from pipelines.access.research import make_sql_login, revoke_sql_login
from pipelines.access.second_factor import (
    require_second_factor,
    reset_second_factor,
)
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import load_settings

app = typer.Typer(
    help="Accounts of the people who use the pages.", no_args_is_help=True
)
console = Console()


@app.command()
def add(
    user_id: Annotated[str, typer.Argument(help="Name to sign in with.")],
    *,
    name: Annotated[str, typer.Option(help="Name to show.")],
    role: Annotated[PersonRole, typer.Option(help="What the person does here.")],
    source: Annotated[
        str | None, typer.Option(help="Source system that knows the practitioner.")
    ] = None,
    practitioner_id: Annotated[
        str | None, typer.Option(help="The practitioner's id in that source.")
    ] = None,
    patient_key: Annotated[
        int | None, typer.Option(help="Whose record a patient's account shows.")
    ] = None,
) -> None:
    """Make an account; its password is printed once and kept nowhere.

    Example: ehr user add n.hall --name "N. Hall" --role nurse --source hospital
    --practitioner-id N0002
    """
    person = Person(user_id, name, role, source, practitioner_id, patient_key)
    password = new_password()
    with connect(load_settings(), Role.OWNER) as connection:
        create_person(connection, person, password)
    console.print(f"user {user_id}, password {password}", highlight=False, markup=False)


@app.command("list")
def list_people() -> None:
    """List the active accounts.

    Example: ehr user list
    """
    with connect(load_settings(), Role.OWNER) as connection:
        people = all_people(connection)
    table = Table("user", "name", "role", "practitioner", title="People")
    for person in people:
        known_as = (person.practitioner_source, person.practitioner_id)
        practitioner = " ".join(filter(None, known_as))
        table.add_row(
            person.user_id, person.display_name, person.role.title, practitioner
        )
    console.print(table)


@app.command("second-factor")
def second_factor(
    user_id: Annotated[str, typer.Argument(help="Whose sign-in is meant.")],
    *,
    require: Annotated[
        bool,
        typer.Option(
            "--require/--no-require", help="Whether a password alone is not enough."
        ),
    ] = True,
    reset: Annotated[
        bool,
        typer.Option("--reset", help="Take a lost code generator away."),
    ] = False,
) -> None:
    """Require a code beside the password, or let somebody set up a new generator.

    Either way the person's open sessions end. Example: ehr user second-factor n.hall
    """
    with connect(load_settings(), Role.OWNER) as connection:
        require_second_factor(connection, user_id, is_required=require)
        if reset:
            reset_second_factor(connection, user_id)
    console.print(
        f"user {user_id}: {'password and code' if require else 'password'}"
        f"{', generator taken away' if reset else ''}",
        highlight=False,
        markup=False,
    )


@app.command()
def link(
    user_id: Annotated[str, typer.Argument(help="The account here.")],
    subject: Annotated[str, typer.Argument(help="The provider's id of the person.")],
) -> None:
    """Link an account to who its person is at the site's OpenID provider.

    Example: ehr user link n.hall 248289761001
    """
    settings = load_settings()
    if not settings.has_oidc:
        msg = "no provider: set EHR_OIDC_ISSUER and EHR_OIDC_CLIENT_ID first"
        raise typer.BadParameter(msg)
    with connect(settings, Role.OWNER) as connection:
        link_identity(connection, user_id, settings.oidc_issuer, subject)
    console.print(
        f"user {user_id} is {subject} at {settings.oidc_issuer}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@app.command("sql-login")
def sql_login(
    user_id: Annotated[str, typer.Argument(help="A researcher's user id.")],
    *,
    days: Annotated[
        int, typer.Option(min=1, max=366, help="Days until it expires.")
    ] = 90,
    revoke: Annotated[
        bool,
        typer.Option("--revoke", help="Take it away and end its sessions."),
    ] = False,
) -> None:
    """Give a researcher a database login that reads research and nothing else.

    Its password is printed once and kept nowhere; once more makes a new one.

    Example: ehr user sql-login r.weber --days 30
    """
    settings = load_settings()
    if revoke:
        was_there = revoke_sql_login(settings, user_id)
        console.print("revoked" if was_there else f"{user_id} has no SQL login")
        return
    login = make_sql_login(settings, user_id, days)
    console.print(
        f"login {login.name}, password {login.password}, database warehouse, until "
        f"{login.expires_at:%Y-%m-%d}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
