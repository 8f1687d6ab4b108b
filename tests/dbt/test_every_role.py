"""Every role over every mart, score and research table, after each kind of build."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.raw_rows import insert_every_feed, touch

PATIENTS = (11, 12, 13)
NURSE_SEES = {11, 12}
PATIENT_SEES = {13}
VISIBLE = {
    PersonRole.DOCTOR: set(PATIENTS),
    PersonRole.NURSE: NURSE_SEES,
    PersonRole.PATIENT: PATIENT_SEES,
    PersonRole.LAB_TECHNICIAN: set(PATIENTS),
    PersonRole.REGISTRAR: set(PATIENTS),
    PersonRole.BILLING: set(PATIENTS),
}
SCHEMAS = ("marts", "ml", "research")
BUILDS = ("first", "touched", "full")
RELATIONS = """
    select
        relation.relnamespace::regnamespace::text,
        relation.relname,
        relation.relrowsecurity and relation.relforcerowsecurity,
        exists (
            select 1 from pg_attribute as attribute
            where attribute.attrelid = relation.oid
                and attribute.attname = 'patient_key' and not attribute.attisdropped
        )
    from pg_class as relation
    where relation.relnamespace::regnamespace::text = any(%s)
        and relation.relkind in ('r', 'v', 'm', 'p')
    order by 1, 2
"""

# Of a role and a relation: the patients seen (one None where rows name no patient), or
# nothing at all where the role may not read it.
Seen = dict[tuple[PersonRole, str], set[int | None] | None]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with a fact of every feed and a person of every role."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("roles")):
        with connect(settings, Role.OWNER) as owner:
            insert_every_feed(owner, PATIENTS)
            for role in PersonRole:
                own = min(PATIENT_SEES) if role is PersonRole.PATIENT else None
                person = Person(role, role.title, role, patient_key=own)
                create_person(owner, person, "correct horse battery staple")
            for patient in NURSE_SEES:
                assign_patient(owner, PersonRole.NURSE, patient, "covers the ward")
        yield settings


@pytest.fixture(scope="module", params=BUILDS)
def built(request: pytest.FixtureRequest, installation: Settings) -> Settings:
    """Build as named; the fixture's order is that of the names."""
    if request.param == "touched":
        with connect(installation, Role.OWNER) as owner:
            touch(owner, PATIENTS[:1])
    build_marts(installation, is_full=request.param == "full")
    return installation


def relations_of(settings: Settings) -> list[tuple[str, str, bool, bool]]:
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(RELATIONS, (list(SCHEMAS),)).fetchall()


def seen_by(
    settings: Settings, login: Role, user_id: str, relations: list
) -> dict[str, set[int | None] | None]:
    """Return what a login with a user id sees of each relation."""
    seen = {}
    with connect(settings, login, autocommit=True) as connection:
        connection.execute("select set_config('ehr.user_id', %s, false)", (user_id,))
        for schema, name, _, has_patient in relations:
            column = sql.SQL("patient_key" if has_patient else "null::bigint")
            statement = sql.SQL("select distinct {} from {}").format(
                column, sql.Identifier(schema, name)
            )
            try:
                rows = connection.execute(statement).fetchall()
                seen[f"{schema}.{name}"] = {key for (key,) in rows}
            except psycopg.errors.InsufficientPrivilege:
                seen[f"{schema}.{name}"] = None
    return seen


def test_a_role_sees_its_patients_of_what_it_reads_and_no_others(
    built: Settings,
) -> None:
    relations = relations_of(built)
    with_patients = {
        f"{s}.{name}" for s, name, _, has_patient in relations if has_patient
    }
    everybody = seen_by(built, Role.BUILDER, "", relations)
    for role in PersonRole:
        for relation, keys in seen_by(built, role.login, role, relations).items():
            if keys is None or relation not in with_patients:
                continue
            assert role in VISIBLE, (role, relation)
            assert keys == (everybody[relation] or set()) & VISIBLE[role], (
                role,
                relation,
            )


def test_without_a_user_or_as_one_of_another_role_nobody_is_seen(
    built: Settings,
) -> None:
    relations = [each for each in relations_of(built) if each[3]]
    for role in PersonRole:
        other = PersonRole.NURSE if role is PersonRole.DOCTOR else PersonRole.DOCTOR
        for user_id in ("", "nobody", other):
            for relation, keys in seen_by(
                built, role.login, user_id, relations
            ).items():
                assert not keys, (role, user_id, relation)


def test_research_is_read_by_researchers_and_nothing_else_is(built: Settings) -> None:
    relations = relations_of(built)
    for role in PersonRole:
        seen = seen_by(built, role.login, role, relations)
        readable = {name for name, keys in seen.items() if keys is not None}
        of_research = {name for name in readable if name.startswith("research.")}
        if role is PersonRole.RESEARCHER:
            assert readable == of_research
            assert len(of_research) == 5
        else:
            assert of_research == set(), role


def test_all_with_patients_is_under_forced_security_and_research_has_none(
    built: Settings,
) -> None:
    relations = relations_of(built)
    assert [
        f"{schema}.{name}"
        for schema, name, is_forced, has_patient in relations
        if has_patient and (not is_forced or schema == "research")
    ] == []
    assert {schema for schema, *_ in relations} == set(SCHEMAS)


@pytest.fixture(scope="module")
def keys_of_builds() -> list[set[str]]:
    """Return the keys that research had after each build so far."""
    return []


def test_research_keeps_its_keys(
    built: Settings, keys_of_builds: list[set[str]]
) -> None:
    with connect(built, Role.BUILDER) as connection:
        rows = connection.execute("select research_patient_id from research.patients")
        keys_of_builds.append({str(key) for (key,) in rows})
    assert len(keys_of_builds[-1]) == len(PATIENTS)
    assert keys_of_builds[-1] == keys_of_builds[0]
