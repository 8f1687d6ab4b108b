"""What there is in the warehouse, and which rights PostgreSQL says there are."""

from typing import NamedTuple

import psycopg

OUR_SCHEMAS = """
    select nspname from pg_namespace
    where nspname !~ '^pg_(temp|toast_temp)_' and nspname not in (
        'pg_catalog', 'information_schema', 'pg_toast'
    )
    order by 1
"""
RELATIONS = """
    select
        relation.relnamespace::regnamespace::text as schema_name,
        relation.relname as name,
        relation.relkind as kind,
        relation.relowner::regrole::text as owner,
        relation.relrowsecurity as is_guarded,
        array(
            select attribute.attname from pg_attribute as attribute
            where attribute.attrelid = relation.oid and attribute.attnum > 0
                and not attribute.attisdropped
            order by attribute.attnum
        )::text[] as columns,
        (
            -- What can be set to nothing without another error before the right counts.
            select attribute.attname from pg_attribute as attribute
            where attribute.attrelid = relation.oid and attribute.attnum > 0
                and not attribute.attisdropped and attribute.attidentity = ''
                and attribute.attgenerated = ''
            order by attribute.attnum limit 1
        ) as plain_column
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where namespace.nspname = any(%s)
        and relation.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    order by 1, 2
"""
FUNCTIONS = """
    select
        routine.oid::regprocedure::text,
        routine.pronamespace::regnamespace::text,
        routine.proname,
        routine.pronargs
    from pg_proc as routine
    where routine.pronamespace::regnamespace::text = any(%s)
    order by 1
"""
TABLE_RIGHTS = """
    select role.name, named.name, string_agg(lower(verb.name), ' ')
    from unnest(%(roles)s::text[]) as role (name)
    cross join unnest(%(relations)s::text[]) as named (name)
    cross join unnest(%(verbs)s::text[]) as verb (name)
    where has_table_privilege(role.name, named.name, verb.name)
    group by 1, 2
"""
SEQUENCE_RIGHTS = TABLE_RIGHTS.replace("has_table_", "has_sequence_")
# Of columns whose relation as a whole is not open for that.
COLUMN_RIGHTS = """
    select role.name, named.name, verb.name, array_agg(attribute.attname)::text[]
    from unnest(%(roles)s::text[]) as role (name)
    cross join unnest(%(relations)s::text[]) as named (name)
    cross join unnest(%(verbs)s::text[]) as verb (name)
    inner join pg_attribute as attribute
        on attribute.attrelid = named.name::regclass and attribute.attnum > 0
        and not attribute.attisdropped
    where not has_table_privilege(role.name, named.name, verb.name)
        and has_column_privilege(
            role.name, named.name, attribute.attname, verb.name
        )
    group by 1, 2, 3
"""
FUNCTION_RIGHTS = """
    select role.name, named.name
    from unnest(%(roles)s::text[]) as role (name)
    cross join unnest(%(functions)s::text[]) as named (name)
    where has_function_privilege(role.name, named.name, 'execute')
"""
SCHEMA_RIGHTS = """
    select role.name, named.name, string_agg(verb.name, ' ')
    from unnest(%(roles)s::text[]) as role (name)
    cross join unnest(%(schemas)s::text[]) as named (name)
    cross join unnest(array['usage', 'create']) as verb (name)
    where has_schema_privilege(role.name, named.name, verb.name)
    group by 1, 2
"""
# Rights that may be handed on, and standing orders that give rights to what comes.
VIEWS_OF_THEIR_OWNERS = """
    select relation.oid::regclass::text
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where relation.relkind in ('v', 'm') and namespace.nspname = any(%s)
        and not coalesce('security_invoker=true' = any(relation.reloptions), false)
        and exists (
            select from aclexplode(relation.relacl) as entry
            where entry.grantee <> relation.relowner
        )
"""
HANDED_ON = """
    select 'grant option on ' || relation.oid::regclass || ' for ' || entry.grantee
    from pg_class as relation cross join aclexplode(relation.relacl) as entry
    where entry.is_grantable and entry.grantee <> relation.relowner
    union all
    select 'grant option on ' || routine.oid::regprocedure || ' for ' || entry.grantee
    from pg_proc as routine cross join aclexplode(routine.proacl) as entry
    where entry.is_grantable and entry.grantee <> routine.proowner
    union all
    select 'default rights of ' || defaclrole::regrole from pg_default_acl
    union all
    select 'right to set ' || parname from pg_parameter_acl
    union all
    select 'foreign server ' || srvname from pg_foreign_server
    union all
    select 'large object ' || oid from pg_largeobject_metadata
    union all
    select 'membership of ' || member::regrole || ' in ' || roleid::regrole
    from pg_auth_members
    where not (
        member::regrole::text like 'ehr\\_sql\\_%'
        and roleid::regrole::text = 'ehr_research_sql'
    )
        and (member::regrole::text ~ '^ehr' or roleid::regrole::text ~ '^ehr')
"""
# What the system's own objects let more be done than they did when they were made.
BEYOND_THE_SYSTEM = """
    with rights as (
        select 'pg_proc'::regclass as kind, routine.oid,
            routine.oid::regprocedure::text as name,
            coalesce(routine.proacl, acldefault('f', routine.proowner)) as now,
            acldefault('f', routine.proowner) as first
        from pg_proc as routine
        where routine.pronamespace::regnamespace::text
            in ('pg_catalog', 'information_schema')
        union all
        select 'pg_class'::regclass, relation.oid, relation.oid::regclass::text,
            coalesce(relation.relacl, acldefault('r', relation.relowner)),
            acldefault('r', relation.relowner)
        from pg_class as relation
        where relation.relnamespace::regnamespace::text
            in ('pg_catalog', 'information_schema', 'pg_toast')
            and relation.relkind in ('r', 'v', 't')
    )

    select
        rights.name,
        coalesce(nullif(entry.grantee, 0)::regrole::text, 'public'),
        lower(entry.privilege_type)
    from rights
    left join pg_init_privs as made
        on rights.oid = made.objoid and rights.kind = made.classoid
        and made.objsubid = 0
    cross join lateral (
        select * from aclexplode(rights.now)
        except
        select * from aclexplode(coalesce(made.initprivs, rights.first))
    ) as entry
    -- Its views show everybody what that person may know anyway.
    where not (
        rights.name like 'information\\_schema.%' and entry.grantee = 0
        and entry.privilege_type = 'SELECT'
    )
"""


class Relation(NamedTuple):
    """One table, view or sequence of the warehouse."""

    schema: str
    name: str
    kind: str
    owner: str
    is_guarded: bool
    columns: list[str]
    plain_column: str | None

    @property
    def full_name(self) -> str:
        """Return the name as it is written in the lists of rights."""
        return f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        """Return the name as a statement needs it."""
        return f'{self.schema}."{self.name}"'

    @property
    def is_table(self) -> bool:
        """Return whether it holds rows itself, or its partitions do."""
        return self.kind in {"r", "p"}


class Function(NamedTuple):
    """One function of ours."""

    signature: str
    schema: str
    name: str
    argument_count: int


def relations_of(connection: psycopg.Connection) -> list[Relation]:
    """Return every relation outside of PostgreSQL's own schemas."""
    rows = connection.execute(RELATIONS, (schemas_of(connection),)).fetchall()
    return [Relation(*row) for row in rows]


def functions_of(connection: psycopg.Connection) -> list[Function]:
    """Return every function outside of PostgreSQL's own schemas."""
    rows = connection.execute(FUNCTIONS, (schemas_of(connection),)).fetchall()
    return [Function(*row) for row in rows]


def schemas_of(connection: psycopg.Connection) -> list[str]:
    """Return every schema that is not PostgreSQL's own."""
    return [name for (name,) in connection.execute(OUR_SCHEMAS)]
