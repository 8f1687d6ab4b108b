"""What a role might do past all relations: be another, read the server's own things."""

import psycopg

from tests.permissions.warehouse.attempts import DENIED, Attempts
from tests.permissions.warehouse.catalog import Relation
from tests.permissions.warehouse.cells import Cells
from tests.permissions.warehouse.expected_rights import Rights
from tests.permissions.warehouse.planted_rows import MARK
from tests.permissions.warehouse.site_of_rights import Site

# Statements, and the only roles that get past the right they need.
STATEMENTS: dict[str, set[str]] = {
    "create role tried": set(),
    "create role tried superuser": set(),
    "alter role current_user superuser": set(),
    "alter role current_user bypassrls": set(),
    "alter role ehr_doctor password 'tried'": {"ehr_doctor"},
    "alter role ehr_doctor set search_path = tried": {"ehr_doctor"},
    "drop role ehr_doctor": set(),
    "grant ehr_doctor to current_user": set(),
    "grant pg_read_all_data to current_user": set(),
    "create schema tried": {"ehr_owner"},
    "create temporary table tried (number integer)": {
        "ehr_owner", "ehr_loader", "ehr_builder",
    },
    "create extension pageinspect schema pg_catalog": set(),
    "create extension postgres_fdw schema pg_catalog": set(),
    "create language plperl": set(),
    "create event trigger tried on ddl_command_start execute function nothing()": set(),
    "create publication tried for all tables": set(),
    "create foreign data wrapper tried": set(),
    "do language plpgsql 'begin end'": {"ehr_owner"},
    "load 'pageinspect'": set(),
    "copy (select 1) to program 'true'": set(),
    "copy (select 1) to '/tmp/tried'": set(),
    "set session_replication_role = replica": set(),
    "set log_statement = 'all'": set(),
    "select pg_read_file('PG_VERSION')": set(),
    "select pg_read_binary_file('PG_VERSION')": set(),
    "select pg_stat_file('PG_VERSION')": set(),
    "select pg_ls_dir('.')": set(),
    "select pg_ls_waldir()": set(),
    "select pg_ls_logdir()": set(),
    "select pg_ls_tmpdir()": set(),
    "select pg_hba_file_rules()": set(),
    "select pg_show_all_file_settings()": set(),
    "select pg_reload_conf()": set(),
    "select pg_rotate_logfile()": set(),
    "select pg_switch_wal()": set(),
    "select pg_backup_start('tried')": set(),
    "select pg_create_restore_point('tried')": set(),
    "select pg_logical_emit_message(true, 'tried', 'tried')": set(),
    "select pg_stat_reset()": set(),
    "select lo_create(0)": set(),
    "select lo_from_bytea(0, 'x')": set(),
    "select lo_import('/etc/hostname')": set(),
    "select lo_get(1)": set(),
    "select pg_try_advisory_lock(1)": {"ehr_owner", "ehr_loader", "ehr_builder"},
    "select pg_try_advisory_xact_lock(1)": {"ehr_owner", "ehr_loader", "ehr_builder"},
    **{
        f"select 1 from pg_catalog.{name} limit 0": set()  # noqa: S608 - names
        for name in (
            "pg_authid", "pg_shadow", "pg_statistic", "pg_statistic_ext_data",
            "pg_largeobject", "pg_user_mapping", "pg_hba_file_rules",
            "pg_file_settings", "pg_ident_file_mappings", "pg_backend_memory_contexts",
            "pg_shmem_allocations", "pg_replication_origin_status", "pg_config",
        )
    },
}  # fmt: skip
# Whoever owns the database is a member of this, and of nothing else.
OF_ITSELF = {("ehr_owner", "pg_database_owner")}
WAYS = ("set role {}", "grant {} to current_user", "set session authorization {}")
# On the administrator's own connection the session could be anybody's.
WAYS_OF_THE_LET_IN = WAYS[:2]
PREDEFINED = "select rolname from pg_roles where rolname !~ '^ehr_sql' order by 1"
TOASTS = """
    select 'pg_toast.' || relation.relname from pg_class as relation
    where relation.relkind = 't' order by 1
"""
STATISTICS = """
    select distinct schemaname || '.' || tablename from pg_catalog.pg_stats
    union
    select distinct schemaname || '.' || tablename from pg_catalog.pg_stats_ext
    union
    select distinct schemaname || '.' || tablename from pg_catalog.pg_stats_ext_exprs
"""
SYSTEM_SCHEMAS = ("pg_catalog.", "information_schema.")
OTHERS_AT_WORK = """
    select query from pg_stat_activity
    where usename is distinct from session_user and query like '%{mark}%'
    union all
    select pg_stat_get_backend_activity(number)
    from pg_stat_get_backend_idset() as number
    where pg_stat_get_backend_pid(number) <> pg_backend_pid()
        and pg_stat_get_backend_activity(number) like '%{mark}%'
"""


def try_server(cells: Cells, attempts: Attempts, role: str) -> None:
    """Try what concerns the server and no relation of ours."""
    for statement, allowed in STATEMENTS.items():
        done = attempts.of(statement)
        cells.tell(done, role, statement, allowed=role in allowed, is_view=True)


def become_others(
    cells: Cells,
    attempts: Attempts,
    role: str,
    others: list[str],
    ways: tuple[str, ...] = WAYS,
) -> None:
    """Try to go on as every other role of the server."""
    for other in others:
        for way in ways:
            done = attempts.of(way.format(f'"{other}"'))
            is_oneself = role == other or (role, other) in OF_ITSELF
            allowed = is_oneself and way.startswith("set role")
            allowed |= role == other and way.startswith("set session")
            # Nobody is a member of oneself: that error stands for a refusal.
            if role == other and way.startswith("grant"):
                done = done._replace(state=DENIED)
            cells.tell(done, role, way, other, allowed=allowed)


def read_toasts(cells: Cells, attempts: Attempts, role: str, toasts: list[str]) -> None:
    """Try to read long values where PostgreSQL keeps them."""
    for toast in toasts:
        statement = f"select * from {toast} limit 0"  # noqa: S608 - a name
        cells.tell(attempts.of(statement), role, "read", toast, allowed=False)


def read_statistics(
    cells: Cells,
    attempts: Attempts,
    rights: Rights,
    role: str,
    relations: list[Relation],
) -> None:
    """Look whose values the planner's statistics tell: of open tables only."""
    done = attempts.of(STATISTICS)
    told = {name for (name,) in done.rows if not name.startswith(SYSTEM_SCHEMAS)}
    open_to_role = {
        each.full_name
        for each in relations
        if not (each.is_guarded and each.owner != role)
        and not (each.is_guarded and role == "ehr_owner")
        and rights.enters(role, each.schema)
        and (
            rights.may(role, each, "select")
            or rights.columns[role, each.full_name, "select"]
        )
    }
    cells.tried += len(relations)
    assert done.state is None, done
    cells.differing += [
        (role, name, "told by statistics") for name in sorted(told - open_to_role)
    ]


def watch_others(cells: Cells, attempts: Attempts, role: str) -> None:
    """Look at what other logins are doing: their statements are not shown."""
    done = attempts.of(OTHERS_AT_WORK.format(mark=MARK))
    cells.tried += 1
    if done.state is not None or done.rows:
        cells.differing.append((role, "statements of others are shown", str(done[:2])))


def others_of(site: Site, admin: psycopg.Connection) -> list[str]:
    """Return every role of the server."""
    names = [name for (name,) in admin.execute(PREDEFINED)]
    return [*names, site.sql_login.name]


def toasts_of(admin: psycopg.Connection) -> list[str]:
    """Return every table of long values."""
    return [name for (name,) in admin.execute(TOASTS)]
