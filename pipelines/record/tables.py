"""The tables of the record, made from the contracts of the feeds and the permissions.

One table per feed, ``<domain>.<feed>``. A row is one version of one entry: who wrote
it, when and why, and which version it takes the place of. Nothing is changed or
removed; an entry made in error has a version that says so. Two people who correct one
version cannot both succeed: a version is superseded once.

Direct identifiers and free text are ciphertext here as well; its place is
``record.<domain>.<feed>|<column>|<version_id>``.
"""

import psycopg
from psycopg import sql

from pipelines.access.people import PersonRole
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.raw_tables import present_columns
from pipelines.record.permissions import CORRECT, CORRECT_OWN, CREATE, READ, roles_that
from pipelines.record.steps import ensure_steps

# Acknowledgements have a table of their own kind; answers that only repeat an
# identifier are not written here.
APART = frozenset({"acknowledgements", "identity_statements"})
# What a writer says of an entry beside its content; the rest the database says.
SAID = (
    "version_id",
    "record_id",
    "supersedes",
    "is_entered_in_error",
    "changed_by_user_id",
    "changed_by_name",
    "change_reason_text",
)
HEAD = """
    version_id uuid primary key,
    record_id text not null check (record_id <> '' and record_id !~ '[[:cntrl:]]'),
    supersedes uuid unique,
    is_entered_in_error boolean not null default false,
    changed_by_user_id text not null check (changed_by_user_id <> ''),
    changed_by_name text not null,
    changed_by_role_code text not null default substr(session_user, 5),
    change_reason_text text not null default '' check (
        length(change_reason_text) <= 500 and change_reason_text !~ '[[:cntrl:]]'
    ),
    changed_at timestamptz not null default clock_timestamp(),
    transaction_id xid8 not null default pg_current_xact_id()
"""
AS_ONESELF = """
    changed_by_user_id = nullif(current_setting('ehr.user_id', true), '')
    and changed_by_role_code = substr(session_user, 5)
"""
OF_THE_ADMITTED = "patient_key = any((select access.admitted_patients())::bigint[])"
READ_BY_THE_ADMITTED = f"""
    {OF_THE_ADMITTED}
    and (
        patient_key = any((select access.patients_without_reserve())::bigint[])
        or changed_by_user_id = current_setting('ehr.user_id', true)
    )
"""
EVERYTHING = "true"
# What a patient may say of the own wishes; the answer is somebody else's.
OF_PATIENTS = {
    "medication_requests": ("requested", "withdrawn"),
    "correction_requests": ("requested", "withdrawn"),
}


def recorded_feeds() -> list[Feed]:
    """Return the feeds that have a table of this form."""
    return [feed for feed in FEEDS.values() if feed.name not in APART]


def table_of(feed: Feed) -> sql.Identifier:
    """Return the table of a feed."""
    return sql.Identifier(DOMAIN_OF[feed.name], feed.name)


def place_of(feed: Feed, column: str, version_id: object) -> str:
    """Return the place that a sealed value is bound to."""
    return f"record.{DOMAIN_OF[feed.name]}.{feed.name}|{column}|{version_id}"


def content_columns(feed: Feed) -> list[tuple[str, str]]:
    """Return name and type of what an entry says; patients by the warehouse's keys."""
    patient = [("patient_key", "bigint")] if feed.has_patient else []
    return [
        *patient,
        *(
            (column.name, "bigint")
            if column.name in feed.patient_references
            else (column.name, column.type.value)
            for column in feed.columns
        ),
    ]


def ensure_record_tables(record: psycopg.Connection) -> None:
    """Make what is missing, and renew policies and rights, as the owner."""
    for feed in recorded_feeds():
        present = present_columns(record, DOMAIN_OF[feed.name], feed.name)
        if not present:
            _create(record, feed)
        _add_missing(record, feed, present)
        ensure_steps(record, feed.name, table_of(feed))
        _protect(record, feed)


def _create(record: psycopg.Connection, feed: Feed) -> None:
    table = table_of(feed)
    patient = sql.SQL(", patient_key bigint not null" if feed.has_patient else "")
    record.execute(
        sql.SQL("create table {} ({}{})").format(table, sql.SQL(HEAD), patient)
    )
    key = sql.SQL("record_id, patient_key" if feed.has_patient else "record_id")
    for statement in (
        # An entry begins once, and a version follows one of the same entry and patient.
        "create unique index on {table} (record_id) where supersedes is null",
        "alter table {table} add unique (version_id, {key})",
        "alter table {table} add foreign key (supersedes, {key}) "
        "references {table} (version_id, {key})",
        "create index on {table} (transaction_id)",
        "create index on {table} (record_id)",
        "create trigger only_grows before update or delete or truncate on {table} "
        "for each statement execute function access.refuse_change()",
    ):
        record.execute(sql.SQL(statement).format(table=table, key=key))
    if feed.has_patient:
        record.execute(sql.SQL("create index on {} (patient_key)").format(table))
    if feed.name == "patients":
        record.execute(
            sql.SQL(
                "create unique index on {} (patient_key) where supersedes is null"
            ).format(table)
        )


def _add_missing(
    record: psycopg.Connection, feed: Feed, present: dict[str, str]
) -> None:
    for column, kind in content_columns(feed):
        if column not in present and column != "patient_key":
            record.execute(
                sql.SQL("alter table {} add column {} {}").format(
                    table_of(feed), sql.Identifier(column), sql.SQL(kind)
                )
            )


def _protect(record: psycopg.Connection, feed: Feed) -> None:
    """Close the table, then open to each role what the permissions say."""
    table = table_of(feed)
    readers = roles_that(feed.name, READ)
    writers = roles_that(feed.name, CREATE, CORRECT, CORRECT_OWN)
    everybody = sql.SQL(", ").join(sql.Identifier(role.login) for role in PersonRole)
    for statement in (
        "revoke all on {table} from public, {everybody}",
        "alter table {table} enable row level security",
        "alter table {table} force row level security",
    ):
        record.execute(sql.SQL(statement).format(table=table, everybody=everybody))
    whose = OF_THE_ADMITTED if feed.has_patient else EVERYTHING
    read = READ_BY_THE_ADMITTED if feed.has_patient else EVERYTHING
    _policy(record, table, "owner", "for all to ehr_owner using (true)")
    _policy(record, table, "extractor", "for select to ehr_extractor using (true)")
    _policy(
        record, table, "only_as_oneself",
        f"as restrictive for insert to public with check ({AS_ONESELF} "
        "or session_user = 'ehr_owner')",
    )  # fmt: skip
    for role in readers:
        _policy(
            record, table, f"read_by_{role}",
            f"for select to ehr_{role} using ({read})",
        )  # fmt: skip
    for role in writers:
        allowed = f"{whose} and ({_which_versions(feed, role)})"
        _policy(
            record, table, f"written_by_{role}",
            f"for insert to ehr_{role} with check ({allowed})",
        )  # fmt: skip
    if feed.name in OF_PATIENTS:
        statuses = ", ".join(f"'{each}'" for each in OF_PATIENTS[feed.name])
        _policy(
            record, table, "patients_answer_nothing",
            "as restrictive for insert to ehr_patient with check "
            f"(coalesce(status_code, 'requested') in ({statuses}))",
        )  # fmt: skip
    _grant(record, feed, readers, writers)


def _which_versions(feed: Feed, role: PersonRole) -> str:
    """Return what a role may write: first versions, those that follow, or own ones."""
    parts = []
    if role in roles_that(feed.name, CREATE):
        parts.append("supersedes is null")
    if role in roles_that(feed.name, CORRECT):
        parts.append("supersedes is not null")
    elif role in roles_that(feed.name, CORRECT_OWN):
        table = f"{DOMAIN_OF[feed.name]}.{feed.name}"
        parts.append(
            f"access.author_of('{table}'::regclass, supersedes) "
            "= current_setting('ehr.user_id', true)"
        )
    return " or ".join(parts)


def _policy(
    record: psycopg.Connection, table: sql.Identifier, name: str, rule: str
) -> None:
    """Make a policy anew; its rule is a text of this module."""
    named = sql.Identifier(name)
    record.execute(sql.SQL("drop policy if exists {} on {}").format(named, table))
    record.execute(
        sql.SQL("create policy {} on {} {}").format(named, table, sql.SQL(rule))
    )


def _grant(
    record: psycopg.Connection,
    feed: Feed,
    readers: list[PersonRole],
    writers: list[PersonRole],
) -> None:
    table = table_of(feed)
    names = sql.SQL(", ").join(
        sql.Identifier(name)
        for name in (*SAID, *(column for column, _ in content_columns(feed)))
    )
    for role in readers:
        record.execute(
            sql.SQL("grant select on {} to {}").format(
                table, sql.Identifier(role.login)
            )
        )
    for role in writers:
        record.execute(
            sql.SQL("grant insert ({}) on {} to {}").format(
                names, table, sql.Identifier(role.login)
            )
        )
    record.execute(
        sql.SQL("grant select on {} to {}").format(
            table, sql.Identifier(Role.EXTRACTOR)
        )
    )
