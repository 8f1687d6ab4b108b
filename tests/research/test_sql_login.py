"""A researcher's own SQL login, by attack: research, and nothing else."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import errors, sql

from pipelines.access.research import (
    SqlLogin,
    SqlLoginError,
    login_name,
    make_sql_login,
    revoke_sql_login,
)
from pipelines.database.connections import (
    administrator_conninfo,
    connect,
    server_address,
)
from pipelines.database.hardening import open_functions
from pipelines.database.roles import Role
from pipelines.settings import Settings

DENIED = errors.InsufficientPrivilege
RELATIONS = """
    select namespace.nspname, relation.relname
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where relation.relkind in ('r', 'v', 'm', 'p')
        and namespace.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1, 2
"""
OWN_FUNCTIONS = """
    select routine.oid::regprocedure::text
    from pg_proc as routine
    where routine.pronamespace not in (
            'pg_catalog'::regnamespace, 'information_schema'::regnamespace
        )
        and has_function_privilege(%s, routine.oid, 'execute')
        and has_schema_privilege(%s, routine.pronamespace, 'usage')
"""
WHERE_IT_MAY_MAKE = """
    select nspname from pg_namespace where has_schema_privilege(%s, oid, 'create')
"""
Connect = Callable[..., psycopg.Connection]


@pytest.fixture(scope="module")
def login(released: Settings) -> Iterator[SqlLogin]:
    yield make_sql_login(released, "rita", days=30)
    revoke_sql_login(released, "rita")


@pytest.fixture
def enter(released: Settings, login: SqlLogin) -> Iterator[Connect]:
    """Return what opens a session of the researcher; all are closed afterwards."""
    opened: list[psycopg.Connection] = []

    def opens(database: str = "warehouse", **changed: str) -> psycopg.Connection:
        parameters = {
            **server_address(released),
            "user": login.name,
            "password": login.password,
            "dbname": database,
        }
        opened.append(psycopg.connect(**(parameters | changed), autocommit=True))
        return opened[-1]

    yield opens
    for connection in opened:
        connection.close()


@pytest.fixture
def researcher(enter: Connect) -> psycopg.Connection:
    return enter()


@pytest.fixture
def administrator(released: Settings) -> Iterator[psycopg.Connection]:
    parameters = administrator_conninfo(released, "warehouse")
    with psycopg.connect(**parameters, autocommit=True) as connection:
        yield connection


def test_it_reads_all_of_research_and_no_other_relation(
    researcher: psycopg.Connection, administrator: psycopg.Connection
) -> None:
    readable, refused = [], 0
    for schema, relation in administrator.execute(RELATIONS).fetchall():
        name = sql.Identifier(schema, relation)
        try:
            researcher.execute(sql.SQL("select count(*) from {}").format(name))
            readable.append(f"{schema}.{relation}")
        except DENIED:
            refused += 1
    assert readable == [
        "research.conditions",
        "research.encounters",
        "research.lab_results",
        "research.patients",
        "research.prescriptions",
    ]
    assert refused > 100


def test_it_may_call_none_of_our_functions_and_make_nothing(
    administrator: psycopg.Connection, login: SqlLogin
) -> None:
    names = (login.name, login.name)
    assert administrator.execute(OWN_FUNCTIONS, names).fetchall() == []
    assert administrator.execute(WHERE_IT_MAY_MAKE, names[:1]).fetchall() == []


def test_everybody_may_call_nothing_that_writes_or_locks(
    administrator: psycopg.Connection,
) -> None:
    assert open_functions(administrator) == []


@pytest.mark.parametrize(
    "attack",
    [
        "insert into research.patients select * from research.patients",
        "update research.patients set zip3 = '999'",
        "delete from research.patients",
        "truncate research.patients",
        "drop table research.patients",
        "create temporary table mine (one integer)",
        "create table research.mine (one integer)",
        "create table public.mine (one integer)",
        "create schema mine",
        "create function research.mine() returns integer language sql return 1",
        "create view research.mine as select 1 as one",
        "create extension dblink",
        "create policy mine on research.patients using (true)",
        "create publication mine",
        "do $$ begin perform 1; end $$",
        "select lo_create(0)",
        "select lo_from_bytea(0, 'x')",
        "select pg_advisory_lock(4817263)",
        "select pg_try_advisory_lock_shared(4817263)",
        "select pg_logical_emit_message(true, 'a', 'b')",
        "select pg_read_file('postgresql.conf')",
        "select pg_ls_dir('.')",
        "select * from pg_authid",
        "select * from pg_largeobject",
        "select * from pg_hba_file_rules",
        "select * from identity.research_patient",
        "select * from access.visible_patients()",
        "select audit.append('a', 'b', 'c', 'd', '{}', 1, null, 'ok', null)",
        "explain analyze select * from marts.fct_lab_results",
        "copy research.patients to '/tmp/patients'",
        "copy research.patients to program 'cat'",
        "copy (select * from marts.dim_patients) to stdout",
        "table marts.dim_patients",
        "select query_to_xml('select * from marts.dim_patients', true, true, '')",
        "set role ehr_builder",
        "set role ehr_researcher",
        "set role ehr_research_sql",
        "set session authorization ehr_owner",
        "set temp_file_limit = -1",
        "set log_statement = 'all'",
        "alter system set work_mem = '1GB'",
        "alter role current_user superuser",
        "alter role current_user connection limit 100",
        "alter role current_user valid until 'infinity'",
        "alter role ehr_builder password 'mine'",
        "grant ehr_research_sql to ehr_doctor",
        "grant select on marts.dim_patients to public",
        "prepare mine as select * from marts.dim_patients",
        "declare mine cursor with hold for select * from marts.dim_patients",
    ],
)
def test_an_attack_is_refused(enter: Connect, attack: str) -> None:
    researcher = enter()
    researcher.execute("set default_transaction_read_only = off")
    with pytest.raises(DENIED):
        researcher.execute(attack).fetchall()


@pytest.mark.parametrize(
    "lock",
    [
        "research.patients in row exclusive mode",
        "research.patients in access exclusive mode",
        "marts.dim_patients in access share mode",
    ],
)
def test_it_locks_nothing(researcher: psycopg.Connection, lock: str) -> None:
    with pytest.raises(DENIED), researcher.transaction():
        researcher.execute(f"lock table {lock}")


def test_it_ends_no_session_of_others(
    released: Settings, researcher: psycopg.Connection
) -> None:
    with connect(released, Role.BUILDER) as builder:
        for function in ("pg_cancel_backend", "pg_terminate_backend"):
            with pytest.raises(DENIED):
                researcher.execute(
                    f"select {function}(%s)", (builder.info.backend_pid,)
                )


def test_no_error_tells_a_value_of_a_hidden_table(
    researcher: psycopg.Connection,
) -> None:
    with pytest.raises(DENIED) as refused:
        researcher.execute("select zip3::date from marts.dim_patients")
    assert refused.value.diag.message_primary == "permission denied for schema marts"
    assert refused.value.diag.message_detail is None


def test_statistics_and_activity_show_research_alone(
    released: Settings, researcher: psycopg.Connection
) -> None:
    schemas = researcher.execute(
        "select distinct schemaname from pg_stats "
        "where schemaname not in ('pg_catalog', 'information_schema')"
    ).fetchall()
    with connect(released, Role.BUILDER) as builder:
        builder.execute("select 'Quackenbush'")
        queries = researcher.execute("select query from pg_stat_activity").fetchall()
    assert set(schemas) <= {("research",)}
    assert not [query for (query,) in queries if query and "Quackenbush" in query]


@pytest.mark.parametrize("database", ["record", "dagster", "postgres", "template1"])
def test_it_enters_no_other_database(enter: Connect, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        enter(database)


def test_a_wrong_password_lets_nobody_in(enter: Connect) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        enter(password="wrong")  # noqa: S106 - no secret


def test_its_limits_are_set(enter: Connect) -> None:
    first, *_ = enter(), enter(), enter()
    limits = {
        name: first.execute("select current_setting(%s)", (name,)).fetchone()[0]
        for name in (
            "statement_timeout",
            "idle_in_transaction_session_timeout",
            "default_transaction_read_only",
            "temp_file_limit",
        )
    }
    assert limits == {
        "statement_timeout": "10min",
        "idle_in_transaction_session_timeout": "1min",
        "default_transaction_read_only": "on",
        "temp_file_limit": "2GB",
    }
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        enter()


def test_it_expires(
    enter: Connect, administrator: psycopg.Connection, login: SqlLogin
) -> None:
    name = sql.Identifier(login.name)
    change = sql.SQL("alter role {} valid until {}")
    try:
        administrator.execute(change.format(name, "2020-01-01"))
        with pytest.raises(psycopg.OperationalError, match="password authentication"):
            enter()
    finally:
        administrator.execute(change.format(name, str(login.expires_at)))
    assert enter().execute("select 1").fetchone() == (1,)


def test_a_new_password_ends_the_old_one_and_its_sessions(released: Settings) -> None:
    first = make_sql_login(released, "ruth", days=1)
    address = {**server_address(released), "user": first.name, "dbname": "warehouse"}
    session = psycopg.connect(**address, password=first.password)
    second = make_sql_login(released, "ruth", days=1)

    with pytest.raises(psycopg.OperationalError):
        session.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**address, password=first.password)
    with psycopg.connect(**address, password=second.password) as again:
        again.execute("select count(*) from patients")
        assert revoke_sql_login(released, "ruth")
        with pytest.raises(psycopg.OperationalError):
            again.execute("select 1")
    assert not revoke_sql_login(released, "ruth")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**address, password=second.password)


def test_making_and_revoking_are_in_the_audit(released: Settings) -> None:
    make_sql_login(released, "ruth", days=1)
    revoke_sql_login(released, "ruth")
    with connect(released, Role.COMPLIANCE) as compliance:
        events = compliance.execute(
            "select action, subject, result from audit.event "
            "order by event_id desc limit 2"
        ).fetchall()
    assert events == [
        ("sql login revoked", "sql login of ruth", "ok"),
        ("sql login made", "sql login of ruth", "ok"),
    ]


@pytest.mark.parametrize("user_id", ["doctor", "nobody"])
def test_nobody_but_a_researcher_gets_one(released: Settings, user_id: str) -> None:
    with pytest.raises(SqlLoginError, match="no active researcher"):
        make_sql_login(released, user_id, days=1)


def test_a_name_that_would_be_cut_is_refused() -> None:
    assert len(login_name("r" * 55)) == 63
    with pytest.raises(SqlLoginError, match="too long"):
        login_name("r" * 56)


def test_nothing_is_made_that_cannot_be_written_down(
    released: Settings, administrator: psycopg.Connection
) -> None:
    append = "audit.append"
    administrator.execute(f"alter function {append} rename to append_away")
    try:
        with pytest.raises(Exception, match="audit trail cannot be written"):
            make_sql_login(released, "ruth", days=1)
    finally:
        administrator.execute("alter function audit.append_away rename to append")
    found = administrator.execute(
        "select 1 from pg_roles where rolname = %s", (login_name("ruth"),)
    )
    assert found.fetchone() is None
