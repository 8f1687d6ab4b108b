"""What must hold of every policy, right and function, however it came to be."""

from collections.abc import Iterator
from typing import NamedTuple

import psycopg

from pipelines.database.roles import PEOPLE, Role

ROLES = [str(role) for role in PEOPLE]
# Tables of rules that compliance reads as they are.
READ_BY_COMPLIANCE = {
    "access.break_glass",
    "access.certification",
    "access.consent",
    "access.consent_in_force",
    "access.erasure",
    "access.label_rule",
    "access.release_rule",
    "access.restriction",
    "access.sensitivity_label",
}
# Pieces that only other functions call.
PIECES = {
    "team_of",
    "glass_of",
    "restrictions_in_force",
    "asking_person",
    "require_role",
    "end_consents",
    "are_texts_released",
}
# What functions of the owner count, and which texts they give out.
OWNER_READS = {
    ("marts.fct_labelled_facts", "ehr_owner"),
    ("marts.fct_protected_texts", "ehr_owner"),
}
# Patients read these when the site's rules release them; on top of the rule of all.
RELEASED = {
    "marts.own_results": "'result'::text, category_name, ARRAY[loinc_code, test_key], "
    "sensitivity, released_counted_from, released_known_from, first_acknowledged_at",
    "marts.own_reports": "'report'::text, modality_code, '{}'::text[], "
    "sensitivity, released_counted_from, released_known_from, "
    "NULL::timestamp with time zone",
}
IF_RELEASED = (
    " AND ((NOT ( SELECT access.holds_results() AS holds_results)) "
    "OR access.is_released({}))"
)
USER_REQUIRED = (
    "(NULLIF(current_setting('ehr.user_id'::text, true), ''::text) IS NOT NULL)"
)

OF_PATIENTS = """
    from pg_class as relation
    inner join pg_attribute as attribute
        on attribute.attrelid = relation.oid
        and attribute.attname = 'patient_key' and not attribute.attisdropped
    where relation.relnamespace::regnamespace::text in ('marts', 'ml')
        and relation.relkind in ('r', 'p', 'v', 'm', 'f')
"""
RELATIONS = f"select relation.oid::regclass::text {OF_PATIENTS}"
UNFORCED = f"""
    {RELATIONS}
        and (
            relation.relkind not in ('r', 'p')
            or not (relation.relrowsecurity and relation.relforcerowsecurity)
        )
"""
WITHOUT_LABELS = f"""
    {RELATIONS}
        and not exists (
            select 1 from pg_attribute as label
            where label.attrelid = relation.oid and label.attname = 'sensitivity'
                and label.atttypid = 'integer'::regtype and label.attnotnull
        )
"""  # noqa: S608 - literals
POLICIES = """
    select
        schemaname || '.' || tablename, policyname, permissive = 'PERMISSIVE',
        roles::text[], cmd, qual
    from pg_policies
    where schemaname in ('marts', 'ml')
    order by 1, 2
"""
GRANTS = """
    select
        relation.oid::regclass::text,
        coalesce(nullif(entry.grantee, 0)::regrole::text, 'public'),
        entry.privilege_type
    from pg_class as relation
    cross join aclexplode(relation.relacl) as entry
    where relation.oid::regclass::text = any(%s)
"""
FUNCTIONS = """
    select
        function.oid::regprocedure::text,
        function.proname,
        function.prosecdef,
        function.proowner::regrole::text,
        coalesce(array_to_string(function.proconfig, ';'), ''),
        array(
            select coalesce(nullif(entry.grantee, 0)::regrole::text, 'public')
            from aclexplode(
                coalesce(function.proacl, acldefault('f', function.proowner))
            ) as entry
        )
    from pg_proc as function
    where function.pronamespace::regnamespace::text in ('access', 'audit', 'quality')
"""
RIGHTS_ON_RULES = """
    select relation.oid::regclass::text, entry.grantee::regrole::text
    from pg_class as relation
    cross join aclexplode(relation.relacl) as entry
    where relation.relnamespace = 'access'::regnamespace
        and relation.relkind in ('r', 'v', 'm', 'p')
        and (entry.grantee = 0 or entry.grantee::regrole::text = any(%s))
"""
OPEN_VIEWS = """
    select relation.oid::regclass::text
    from pg_class as relation
    where relation.relnamespace::regnamespace::text in ('access', 'marts', 'ml')
        and (
            relation.relkind = 'm'
            or (
                relation.relkind = 'v'
                and not coalesce(
                    'security_invoker=true' = any(relation.reloptions), false
                )
            )
        )
"""
STRONG_ROLES = """
    select rolname from pg_roles
    where rolname = any(%s) and (rolsuper or rolbypassrls or rolcreaterole)
"""


class Policy(NamedTuple):
    """One policy of a table with patients."""

    table: str
    name: str
    is_permissive: bool
    roles: list[str]
    command: str
    condition: str


def findings(connection: psycopg.Connection) -> Iterator[str]:
    """Yield everything that breaks a rule; nothing where all is well."""
    for statement, words in (
        (UNFORCED, "is not under forced security"),
        (WITHOUT_LABELS, "has no labels"),
        (OPEN_VIEWS, "shows what its owner sees"),
    ):
        for (name,) in connection.execute(statement):
            yield f"{name} {words}"
    for (name,) in connection.execute(STRONG_ROLES, (ROLES,)):
        yield f"{name} is above the rules"
    tables = [name for (name,) in connection.execute(RELATIONS)]
    policies = [Policy(*row) for row in connection.execute(POLICIES)]
    yield from _of_base_rule(tables, policies)
    permissive = [policy for policy in policies if policy.is_permissive]
    yield from _of_each_policy(permissive)
    yield from _of_differing_rules(permissive)
    yield from _of_grants(connection, tables, permissive)
    yield from _of_functions(connection)
    allowed = {(table, "ehr_compliance") for table in READ_BY_COMPLIANCE}
    for found in connection.execute(RIGHTS_ON_RULES, (ROLES,)):
        if found not in allowed:
            yield f"{found} is reached by itself"


def _of_base_rule(tables: list[str], policies: list[Policy]) -> Iterator[str]:
    bound = {
        policy.table
        for policy in policies
        if not policy.is_permissive
        and policy.command == "ALL"
        and policy.condition == USER_REQUIRED
        and set(policy.roles) == set(ROLES)
    }
    for table in set(tables) - bound:
        yield f"{table} does not ask for a user"


def _of_each_policy(policies: list[Policy]) -> Iterator[str]:
    for table, name, _, roles, command, condition in policies:
        if roles == [Role.BUILDER] and name == "builder":
            continue
        if roles != [name]:
            yield f"{name} on {table} is for {roles}"
        if command != "SELECT":
            yield f"{name} on {table} is for {command}"
        if condition == "true" and (table, name) not in OWNER_READS:
            yield f"{name} on {table} is always true"


def _of_differing_rules(policies: list[Policy]) -> Iterator[str]:
    """Yield the roles that have another rule on one table than on the others."""
    rules: dict[str, set[str]] = {}
    for policy in policies:
        # Of risks only the last word is shown.
        plain = policy.condition.replace("is_current AND ", "", 1)
        if policy.name == Role.PATIENT and policy.table in RELEASED:
            released = IF_RELEASED.format(RELEASED[policy.table])
            if released not in plain:
                yield f"{policy.name} reads {policy.table} before it is released"
            plain = plain.replace(released, "", 1)
        plain = plain.strip("()")
        rules.setdefault(policy.name, set()).add(plain)
    for name, found in rules.items():
        if len(found) > 1:
            yield f"{name} has {len(found)} different rules"


def _of_grants(
    connection: psycopg.Connection, tables: list[str], policies: list[Policy]
) -> Iterator[str]:
    ruled = {(policy.table, role) for policy in policies for role in policy.roles}
    granted = set()
    for table, grantee, privilege in connection.execute(GRANTS, (tables,)):
        granted.add((table, grantee))
        # Who owns a table has every right on it.
        if grantee not in {*ROLES, "public", "ehr_research_sql"}:
            continue
        if (table, grantee) not in ruled:
            yield f"{grantee} has a right on {table} and no rule"
        if privilege != "SELECT":
            yield f"{grantee} may {privilege} {table}"
    for table, role in ruled - granted:
        if role in ROLES:
            yield f"{role} has a rule on {table} and no right"


def _of_functions(connection: psycopg.Connection) -> Iterator[str]:
    for name, plain, is_definer, owner, config, grantees in connection.execute(
        FUNCTIONS
    ):
        if config != "search_path=pg_catalog, pg_temp":
            yield f"{name} looks in {config or 'any schema'}"
        if "public" in grantees:
            yield f"anybody may call {name}"
        if is_definer and owner != Role.OWNER:
            yield f"{name} runs as {owner}"
        if plain in PIECES and set(grantees) & set(ROLES):
            yield f"people call {name} itself"
