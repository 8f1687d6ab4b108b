"""Every login reaches what it needs and nothing else, read from the catalog."""

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.databases import DATABASES, WAREHOUSE
from pipelines.database.roles import PEOPLE, Role, UnknownRoleError, role_named
from pipelines.settings import Settings

CONNECTS = {
    "record": {
        Role.OWNER,
        Role.EXTRACTOR,
        Role.DOCTOR,
        Role.NURSE,
        Role.LAB_TECHNICIAN,
        Role.PATIENT,
        Role.REGISTRAR,
        Role.BILLING,
    },
    "warehouse": set(Role) - {Role.EXTRACTOR, Role.DAGSTER},
    "dagster": {Role.DAGSTER},
}
# Schemas whose relations a login may read at least one of; all others are closed to it.
READS = {
    Role.DOCTOR: {"raw", "ml"},
    Role.NURSE: {"raw", "ml"},
    Role.LAB_TECHNICIAN: {"raw"},
    Role.PATIENT: {"raw"},
    Role.QUALITY: {"raw", "quarantine", "quality", "ml"},
    Role.RESEARCHER: set(),
    Role.COMPLIANCE: {"access", "audit", "quality"},
    Role.ENGINEER: {"raw", "quality", "ml"},
    Role.REGISTRAR: {"raw", "quality"},
    Role.BILLING: {"raw"},
    Role.SUPPORT: set(),
    Role.SIGNIN: {"access"},
    Role.AUDITOR: set(),
    Role.EXTRACTOR: set(),
    Role.DAGSTER: set(),
    Role.LOADER: {"raw", "identity", "quarantine", "quality", "access"},
    Role.BUILDER: {"raw", "persons", "identity", "access", "ml", "quality"},
}
READABLE = """
    select relation.oid::regclass::text, space.nspname
    from pg_class as relation
    inner join pg_namespace as space on relation.relnamespace = space.oid
    where relation.relkind in ('r', 'v', 'm', 'p')
        and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        and relation.relowner <> %(role)s::regrole
        and has_schema_privilege(%(role)s, space.oid, 'usage')
        and (
            has_table_privilege(%(role)s, relation.oid, 'select')
            or has_any_column_privilege(%(role)s, relation.oid, 'select')
        )
"""
UNGUARDED_PATIENTS_TABLES = """
    select distinct attrelid::regclass::text
    from pg_attribute
    inner join pg_class on attrelid = pg_class.oid
    where attname in ('patient_key', 'original_text', 'patient_keys')
        and attnum > 0 and not attisdropped
        and not (relrowsecurity and relforcerowsecurity)
"""


def rows(settings: Settings, query: str, parameters: object = None) -> list[tuple]:
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(query, parameters).fetchall()


def readable(settings: Settings, role: Role) -> dict[str, str]:
    """Return every relation that a login may read, with its schema."""
    return dict(rows(settings, READABLE, {"role": role.value}))


@pytest.mark.parametrize("database", DATABASES, ids=lambda each: each.name)
def test_a_login_enters_only_the_databases_that_it_needs(
    installation: Settings, database: object
) -> None:
    entered = set()
    for role in Role:
        try:
            connect(installation, role, database.name).close()
        except psycopg.OperationalError:
            continue
        entered.add(role)

    assert entered == CONNECTS[database.name]


def test_nobody_has_a_special_right_and_nobody_belongs_to_another_role(
    installation: Settings,
) -> None:
    special = rows(
        installation,
        "select rolname from pg_roles where rolname like 'ehr%%' and (rolsuper or "
        "rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)",
    )
    memberships = rows(
        installation,
        "select 1 from pg_auth_members where member::regrole::text like 'ehr%%' "
        "or roleid::regrole::text like 'ehr%%'",
    )

    assert special == []
    assert memberships == []


def test_only_loader_builder_and_owner_make_tables_of_any_kind(
    installation: Settings,
) -> None:
    makers = {
        role
        for role in Role
        if rows(
            installation,
            "select has_database_privilege(%(role)s, 'warehouse', 'temporary') or "
            "has_database_privilege(%(role)s, 'warehouse', 'create') or exists (select "
            "from pg_namespace where has_schema_privilege(%(role)s, oid, 'create'))",
            {"role": role.value},
        )
        == [(True,)]
    }

    assert makers == {Role.LOADER, Role.BUILDER, Role.OWNER}


def test_public_has_no_right_on_any_database_or_schema_of_ours(
    installation: Settings,
) -> None:
    open_to_all = rows(
        installation,
        "select datname from pg_database, aclexplode(coalesce(datacl, "
        "acldefault('d', datdba))) as entry "
        "where entry.grantee = 0 and datname <> 'template0' "
        "union all select nspname from pg_namespace, aclexplode(nspacl) as entry "
        "where entry.grantee = 0 and nspname not in "
        "('pg_catalog', 'information_schema')",
    )

    assert open_to_all == []


@pytest.mark.parametrize("role", READS, ids=str)
def test_a_login_reads_only_the_schemas_of_its_work(
    installation: Settings, role: Role
) -> None:
    found = set(readable(installation, role).values())

    # The titles of codes come with the first build, which another test may have run.
    searches = {Role.DOCTOR, Role.NURSE, Role.BILLING}
    titles = {"terminology"} if role in searches else set()
    assert found - titles == READS[role]


@pytest.mark.parametrize(
    "role",
    [role for role in PEOPLE if role not in {Role.QUALITY, Role.COMPLIANCE}],
    ids=str,
)
def test_before_a_build_people_read_no_patients_rows_but_guarded_ones(
    installation: Settings, role: Role
) -> None:
    unguarded = {name for (name,) in rows(installation, UNGUARDED_PATIENTS_TABLES)}

    assert unguarded & set(readable(installation, role)) == set()


def test_every_role_of_people_is_judged_here() -> None:
    assert set(READS) == set(Role) - {Role.OWNER}
    assert CONNECTS.keys() == {database.name for database in DATABASES}
    assert WAREHOUSE in CONNECTS


def test_a_role_is_named_with_or_without_its_prefix() -> None:
    assert role_named("lab-technician") is role_named("ehr_lab_technician")
    with pytest.raises(UnknownRoleError, match="there are doctor, nurse"):
        role_named("surgeon")
