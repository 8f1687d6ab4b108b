"""Schemas, privileges, and the books of deliveries, quarantine and quality.

The tables of the feeds follow from the contracts (``pipelines/landing/raw_tables.py``).
"""

from alembic import op

revision = "0001"
down_revision = None

SCHEMAS = (
    "raw", "quarantine", "identity", "terminology", "staging", "intermediate", "marts",
    "research", "omop", "ml", "quality", "audit", "access",
)  # fmt: skip

BOOKS = """
create table raw.source (
    source_system text primary key,
    adapter text not null,
    is_historical boolean not null,
    last_event_at timestamptz
);
comment on table raw.source is
'One row per source system; last_event_at is its today if it is historical.';

create table raw.delivery (
    delivery_id bigint generated always as identity primary key,
    source_system text not null references raw.source,
    adapter text not null,
    adapter_revision integer not null,
    status text not null check (status in ('landed', 'held')),
    held_because text,
    received_at timestamptz not null,
    landed_at timestamptz not null default clock_timestamp()
);
comment on table raw.delivery is
'One row per load of a folder or file, committed with its rows.';

create table raw.delivery_file (
    file_id bigint generated always as identity primary key,
    delivery_id bigint not null references raw.delivery,
    file_name text not null,
    table_name text,
    archive_address text,
    byte_count bigint not null,
    received_at timestamptz not null,
    reading text not null,
    verdict text not null,
    problem text,
    records bigint not null,
    mapped bigint not null,
    excluded bigint not null,
    refused bigint not null,
    check (records = mapped + excluded + refused)
);
create index on raw.delivery_file (archive_address);
create index on raw.delivery_file (delivery_id);
comment on table raw.delivery_file is
'One row per file: records counted from its bytes = mapped + excluded + refused '
'whole.';

create table raw.delivery_exclusion (
    file_id bigint not null references raw.delivery_file,
    reason text not null,
    records bigint not null,
    primary key (file_id, reason)
);

create table raw.delivery_feed (
    file_id bigint not null references raw.delivery_file,
    feed text not null,
    made bigint not null,
    landed bigint not null,
    unchanged bigint not null,
    refused bigint not null,
    primary key (file_id, feed),
    check (made = landed + unchanged + refused)
);
comment on table raw.delivery_feed is
'Rows that one file made of one feed: made = landed + unchanged + refused.';

create table raw.touched_patients (
    touch_id bigint generated always as identity primary key,
    patient_key bigint not null,
    delivery_id bigint not null
);
comment on table raw.touched_patients is
'Patients whose facts changed since the last complete build.';
create table raw.building_patients (patient_key bigint primary key);
comment on table raw.building_patients is
'The touched patients of the running build, fixed at its start.';
create table raw.source_as_of (
    source_system text primary key,
    as_of timestamptz not null
);
comment on table raw.source_as_of is
'What "today" means for a source in the running build.';
create table raw.build (
    build_id bigint generated always as identity primary key,
    started_at timestamptz not null,
    ended_at timestamptz,
    is_full boolean not null,
    last_touch_id bigint not null,
    project_digest text not null,
    status text not null check (status in ('running', 'succeeded', 'failed'))
);
comment on table raw.build is 'One row per build of the marts.';

create table identity.patient_key (
    patient_key bigint primary key,
    source_system text not null,
    digest bytea not null unique
);
comment on table identity.patient_key is
'The full digest behind each patient key, so that a collision is found.';
create table identity.search_token (
    patient_key bigint not null,
    kind text not null,
    token uuid not null,
    primary key (kind, token, patient_key)
);
create index on identity.search_token (patient_key);
comment on table identity.search_token is
'Keyed hashes of name prefixes, sounds, numbers and birth dates.';

create table quarantine.row (
    row_id bigint generated always as identity primary key,
    address uuid not null unique,
    source_system text not null,
    table_name text not null,
    feed text,
    rules text not null,
    reason text not null,
    original_text text not null,
    delivery_id bigint not null,
    file_id bigint not null,
    line_number bigint not null,
    records bigint not null default 1,
    status text not null default 'waiting'
        check (status in ('waiting', 'released', 'discarded')),
    refused_at timestamptz not null default clock_timestamp()
);
create index on quarantine.row (file_id, line_number);
comment on column quarantine.row.records is
'How many records the row stands for: more than one where a file was refused '
'whole (line 0).';
comment on column quarantine.row.original_text is
'The original line, encrypted; place: quarantine.row|original_text|address.';

create table quality.suite_result (
    delivery_id bigint not null,
    feed text not null,
    success boolean not null,
    evaluated_expectations integer not null,
    unsuccessful_expectations integer not null,
    result jsonb not null,
    primary key (delivery_id, feed)
);
comment on table quality.suite_result is
'One Great Expectations suite result per delivery and feed, counts without '
'values.';
create table quality.expectation_result (
    delivery_id bigint not null,
    feed text not null,
    position integer not null,
    expectation_type text not null,
    column_name text,
    severity text not null,
    kahn_category text,
    success boolean not null,
    element_count bigint,
    unexpected_count bigint,
    result jsonb not null,
    primary key (delivery_id, feed, position)
);
"""

GRANTS = """
revoke all on schema public from public;
grant usage on schema raw, identity, quarantine, quality to ehr_loader;
grant select, insert, update on all tables in schema raw to ehr_loader;
grant usage on all sequences in schema raw to ehr_loader;
grant select, insert, update, delete on all tables in schema identity to ehr_loader;
grant select, insert on quarantine.row to ehr_loader;
grant select, insert on all tables in schema quality to ehr_loader;
grant usage on schema raw to ehr_builder;
grant usage on schema identity to ehr_builder;
grant select on identity.patient_key to ehr_builder;
grant select on all tables in schema raw to ehr_builder;
grant delete on raw.touched_patients to ehr_builder;
grant insert, delete, truncate on raw.building_patients, raw.source_as_of
    to ehr_builder;
grant insert, update on raw.build to ehr_builder;
grant usage, create on schema terminology, staging, intermediate, marts, research, omop
    to ehr_builder;
grant usage on schema quality, quarantine, raw to ehr_quality, ehr_engineer;
grant select on all tables in schema quality to ehr_quality, ehr_engineer;
grant select on quarantine.row to ehr_quality;
grant select on raw.source, raw.delivery, raw.delivery_exclusion, raw.delivery_feed,
    raw.source_as_of, raw.build to ehr_quality, ehr_engineer;
grant select on raw.delivery_file to ehr_quality;
-- Without file_name and problem: a file may be named after a patient.
grant select (file_id, delivery_id, table_name, byte_count, received_at, verdict,
    records, mapped, excluded, refused) on raw.delivery_file to ehr_engineer;
grant usage on schema raw to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient;
grant select on raw.source, raw.source_as_of, raw.build
    to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient;
grant usage on schema marts
    to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality;
grant usage on schema terminology
    to ehr_doctor, ehr_nurse, ehr_lab_technician, ehr_patient, ehr_quality;
"""


def upgrade() -> None:
    """Make schemas and tables; grant no more than each login needs."""
    for schema in SCHEMAS:
        op.execute(f"create schema {schema}")
    op.execute(BOOKS)
    op.execute(GRANTS)
