"""Faults put into policies, rights and functions, one at a time.

Those of policies and functions are made from what the database holds: one for every
place where a comparison, a word or a rule could be wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

TABLES = (
    "marts.fct_conditions",
    "marts.fct_lab_results",
    "marts.own_results",
    "ml.risk_score",
    "marts.fct_labelled_facts",
)
POLICIES = """
    select
        schemaname || '.' || tablename, policyname, permissive = 'PERMISSIVE', roles[1],
        qual
    from pg_policies
    where schemaname || '.' || tablename = any(%s) and policyname <> 'builder'
    order by 1, 2
"""
DEFINITIONS = """
    select function.oid::regprocedure::text, pg_get_functiondef(function.oid)
    from pg_proc as function
    where function.pronamespace = 'access'::regnamespace
        and function.proname = any(%s)
    order by 1
"""
JUDGES = (
    "asking_person", "closed_patients", "consents_in_force", "entrusted_patients",
    "explain", "find_closed_patients", "find_patients", "glass_of", "hidden_facts",
    "identity_of",
    "is_known_person", "may_see", "restrictions_in_force", "team_of",
    "visible_patients", "ward_patients", "withheld_labels",
)  # fmt: skip
OTHER_ROLE = {"ehr_doctor": "ehr_billing"}
# What is exchanged for what, wherever it stands in a rule.
EXCHANGES = (
    (r"<= now\(\)", "< now()"),
    (r"> now\(\)", ">= now()"),
    (r"<= now\(\)", "<= now() + interval '1 second'"),
    (r" and ", " or "),
    (r" or ", " and "),
    (r"\bunion\b", "except"),
    (r" = any\(", " <> all("),
    (r" <> all\(", " = any("),
    (r" not in \(", " in ("),
    (r"(?<== )'permit'", "'deny'"),
    (r"(?<== )'treating_team_only'", "'research'"),
    (r"= 'doctor'", "= 'nurse'"),
    (r"= 'nurse'", "= 'doctor'"),
    (r"= 'patient'", "= 'registrar'"),
    (r"'lab_technician', ", ""),
    (r"\bis_active\b", "user_id is not null"),
    (r"= session_user", "<> session_user"),
    (r"= 'number'", "<> 'number'"),
    (r">= 2", ">= 1"),
    (r"&", "|"),
    (r"<> 0", "= 0"),
)
IN_POLICIES = (
    (r" AND ", " OR "),
    (r" OR ", " AND "),
    (r" = 0", " <> 0"),
    (r" = ANY ", " <> ALL "),
    (r"NOT \(", "("),
    (r"closed_patients", "entrusted_patients"),
    (r"entrusted_patients", "closed_patients"),
    (r"is_current", "not is_current"),
    (r"is_known_person\(\)", "withheld_labels() >= -1"),
    (r"withheld_labels\(\)", "withheld_labels() & 0"),
)


@dataclass(frozen=True)
class Mutant:
    """One fault: what it is, and the statements that make it."""

    name: str
    statement: str


def all_mutants(connection: psycopg.Connection) -> list[Mutant]:
    """Return every fault to try."""
    policies = connection.execute(POLICIES, (list(TABLES),)).fetchall()
    return [
        *(mutant for policy in policies for mutant in _of_policy(*policy)),
        *(mutant for table in TABLES for mutant in _of_table(table)),
        *_of_functions(connection),
        *_of_rights(),
    ]


def _of_policy(
    table: str,
    name: str,
    is_permissive: bool,  # noqa: FBT001 - a column
    role: str,
    condition: str,
) -> Iterator[Mutant]:
    here = f"policy {name} on {table}"
    yield Mutant(f"{here} dropped", f"drop {here}")
    if condition != "true":
        yield Mutant(f"{here} always true", f"alter {here} using (true)")
    if is_permissive:
        other = OTHER_ROLE.get(role, "ehr_doctor")
        yield Mutant(f"{here} for {other}", f"alter {here} to {other}")
    else:
        recreated = f"drop {here}; create {here} to {role} using ({condition})"
        yield Mutant(f"{here} permissive", recreated)
    for place, changed in exchanged(condition, IN_POLICIES):
        yield Mutant(f"{here}: {place}", f"alter {here} using ({changed})")


def _of_table(table: str) -> Iterator[Mutant]:
    for change in (
        "alter table {} no force row level security",
        "alter table {} disable row level security",
        "grant select on {} to public",
        "grant select on {} to ehr_support",
        "grant update on {} to ehr_doctor",
        "revoke select on {} from ehr_doctor, ehr_patient, ehr_owner",
        "create policy extra on {} for select to ehr_nurse using (true)",
        "create policy extra on {} using (patient_key > 0)",
        "alter table {} alter sensitivity drop not null",
        "create materialized view marts.copy as select patient_key from {}",
        "create view marts.shown as select patient_key, sensitivity from {}",
    ):
        yield Mutant(change.format(table), change.format(table))


def _of_functions(connection: psycopg.Connection) -> Iterator[Mutant]:
    for name, definition in connection.execute(DEFINITIONS, (list(JUDGES),)):
        for place, changed in exchanged(definition, EXCHANGES):
            yield Mutant(f"{name}: {place}", changed)
        yield Mutant(
            f"{name} without pg_temp",
            f"alter function {name} set search_path = pg_catalog",
        )
        yield Mutant(f"{name} open", f"grant execute on function {name} to public")


def _of_rights() -> Iterator[Mutant]:
    for change in (
        "grant select on access.assignment to ehr_nurse",
        "grant insert on access.assignment to ehr_nurse",
        "grant insert on access.break_glass to ehr_doctor",
        "grant delete on access.restriction to ehr_doctor",
        "grant select on access.care_team to public",
        "grant execute on function access.team_of(text) to ehr_nurse",
        "alter role ehr_doctor bypassrls",
        "alter role ehr_nurse superuser",
        "alter role ehr_support createrole",
        "alter view access.consent_in_force reset (security_invoker)",
        "alter function access.may_see(bigint[]) owner to ehr_builder",
        "alter function access.visible_patients() security invoker",
        "alter function access.hidden_facts(bigint) security invoker",
    ):
        yield Mutant(change, change)


def exchanged(
    text: str, exchanges: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, str]]:
    """Yield the text with one thing exchanged in one place, and where that is."""
    for pattern, other in exchanges:
        for number, found in enumerate(re.finditer(pattern, text), start=1):
            before = text[: found.start()].rpartition("\n")[2]
            # Words to read, in a text or a comment, decide nothing.
            if before.count("'") % 2 or "--" in before:
                continue
            changed = text[: found.start()] + other + text[found.end() :]
            line = text.count("\n", 0, found.start()) + 1
            yield f"{found.group()!r} as {other!r} ({number}, line {line})", changed
