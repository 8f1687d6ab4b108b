"""``ehr user add | list | sql-login``: accounts of people, and researchers' own SQL."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.passwords import new_password
from pipelines.access.people import Person, PersonRole, all_people, create_person
from pipelines.access.research import make_sql_login, revoke_sql_login
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
