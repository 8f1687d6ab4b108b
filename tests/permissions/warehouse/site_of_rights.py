"""A built installation with two patients, a person of each role, and every way in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.access.research import SqlLogin, make_sql_login
from pipelines.building import build_marts
from pipelines.database.connections import (
    administrator_conninfo,
    connect,
    conninfo,
    server_address,
)
from pipelines.database.databases import WAREHOUSE
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.settings import Settings
from tests.dbt.raw_rows import (
    CREATININE,
    example_of,
    insert_every_feed,
    insert_fact,
)
from tests.permissions.warehouse.attempts import Attempts
from tests.permissions.warehouse.catalog import (
    Function,
    Relation,
    functions_of,
    relations_of,
    schemas_of,
)
from tests.permissions.warehouse.expected_rights import Rights, expected_rights
from tests.permissions.warehouse.planted_rows import ENTRUSTED, STRANGER, plant
from tests.permissions.warehouse.readers_of_models import manifest_of, readers_of

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
# A login of the server that is nobody of ours: what it may, everybody may.
OUTSIDER = "somebody_else"
# They may not enter the warehouse; once inside all the same, they find nothing.
KEPT_OUT = (str(Role.EXTRACTOR), str(Role.DAGSTER), OUTSIDER)


@dataclass(frozen=True)
class Site:
    """The installation, what is in its warehouse, and who should reach what."""

    settings: Settings
    sql_login: SqlLogin
    relations: list[Relation]
    functions: list[Function]
    schemas: list[str]
    rights: Rights
    planted: list[str]

    @property
    def roles(self) -> list[str]:
        """Return every login, the researcher's own one and the outsider included."""
        return [*map(str, Role), self.sql_login.name, OUTSIDER]

    @contextmanager
    def administrator(self) -> Iterator[psycopg.Connection]:
        """Open a superuser's connection, to plant faults and to look everywhere."""
        parameters = administrator_conninfo(self.settings, WAREHOUSE)
        with psycopg.connect(**parameters, autocommit=True) as connection:
            yield connection

    @contextmanager
    def attempts_of(self, role: str) -> Iterator[Attempts]:
        """Sign a role in, as itself; who is kept out is let in by the administrator."""
        user_id = role.removeprefix("ehr_")
        person = user_id if user_id in set(PersonRole) else ""
        if role in KEPT_OUT:
            with self.administrator() as connection:
                connection.execute("begin")
                connection.execute(become(role))
                yield from ending(Attempts(connection, person))
            return
        with psycopg.connect(**self.entrance(role), autocommit=True) as connection:
            yield from ending(Attempts(connection, person))

    def entrance(self, role: str) -> dict[str, object]:
        """Return a login's own parameters."""
        if role == self.sql_login.name:
            return {
                **server_address(self.settings),
                "user": role,
                "password": self.sql_login.password,
                "dbname": WAREHOUSE,
            }
        return conninfo(self.settings, Role(role))


def ending(attempts: Attempts) -> Iterator[Attempts]:
    """Yield attempts and take them back, however they went."""
    try:
        yield attempts
    finally:
        attempts.end()


def become(role: str) -> sql.Composed:
    """Return what makes the rest of an administrator's transaction a role's own."""
    return sql.SQL("set local session authorization {}").format(sql.Identifier(role))


def make_site(settings: Settings) -> Site:
    """Fill, build and furnish a running installation."""
    with connect(settings, Role.OWNER) as owner:
        _insert_facts(owner)
        _make_people(owner)
    build_marts(settings)
    login = make_sql_login(settings, PersonRole.RESEARCHER.value, days=1)
    with psycopg.connect(**administrator_conninfo(settings, WAREHOUSE)) as admin:
        admin.execute(f"create role {OUTSIDER} login")
        planted = plant(admin)
    return look_around(settings, login, planted)


def look_around(settings: Settings, login: SqlLogin, planted: list[str]) -> Site:
    """Read what is in the warehouse, and the lists of who should reach what."""
    with psycopg.connect(**administrator_conninfo(settings, WAREHOUSE)) as admin:
        relations, functions = relations_of(admin), functions_of(admin)
        schemas = schemas_of(admin)
    readers = readers_of(manifest_of(settings))
    rights = expected_rights(readers, relations, functions, schemas, login.name)
    return Site(settings, login, relations, functions, schemas, rights, planted)


def _insert_facts(owner: psycopg.Connection) -> None:
    """Insert every feed, results for worklist and measures, and a finished note."""
    insert_every_feed(owner, (ENTRUSTED, STRANGER))
    for patient in (ENTRUSTED, STRANGER):
        for feed, changed in (
            ("lab_results", {"value_text": "99", "value_number": 99,
                             "reference_low": 1, "reference_high": 2}),
            ("lab_results", CREATININE),
            ("notes", {"note_type_code": "visit", "status_code": "final"}),
        ):  # fmt: skip
            row = example_of(FEEDS[feed], patient) | changed
            row["record_id"] = f"another-{row.get('test_code')}-{patient}"
            insert_fact(owner, feed, row)


def _make_people(owner: psycopg.Connection) -> None:
    """Make a person of each role; one patient is entrusted, the other is closed."""
    for role in PersonRole:
        own = ENTRUSTED if role is PersonRole.PATIENT else None
        create_person(owner, Person(role, role.title, role, patient_key=own), PASSWORD)
    for user_id in ("nurse", "doctor"):
        assign_patient(owner, user_id, ENTRUSTED, "treats")
    owner.execute(
        "insert into access.restriction (patient_key, label_code, set_by, reason) "
        "values (%s, 'vip', 'compliance', 'known to everybody')",
        (STRANGER,),
    )
