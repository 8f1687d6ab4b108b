"""Faults put into the rights of the warehouse, each with the role that gains by it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault: what makes it, whom to try, and on which relations and functions."""

    name: str
    statement: str
    role: str
    objects: tuple[str, ...] = ()


OPEN_GLASS = "access.open_glass(bigint,text,text)"
FAULTS = (
    Fault(
        "a raw table is read",
        "grant select on raw.lab_results to ehr_nurse",
        "ehr_nurse",
        ("raw.lab_results",),
    ),
    Fault(
        "names are read",
        "grant usage on schema identity to ehr_doctor; "
        "grant select on identity.patients to ehr_doctor",
        "ehr_doctor",
        ("identity.patients",),
    ),
    Fault(
        "a partition of the trail is read past its parent",
        "grant usage on schema audit to ehr_quality; "
        "grant select on {partition} to ehr_quality",
        "ehr_quality",
        ("{partition}",),
    ),
    Fault(
        "the trail is emptied",
        "grant truncate on audit.event to ehr_compliance",
        "ehr_compliance",
        ("audit.event",),
    ),
    Fault(
        "a mart is open to support",
        "grant usage on schema marts to ehr_support; "
        "grant select on marts.dim_patients to ehr_support",
        "ehr_support",
        ("marts.dim_patients",),
    ),
    Fault(
        "a mart is closed to its readers",
        "revoke select on marts.fct_allergies from ehr_nurse",
        "ehr_nurse",
        ("marts.fct_allergies",),
    ),
    Fault(
        "a mart is written",
        "grant insert on marts.fct_conditions to ehr_doctor",
        "ehr_doctor",
        ("marts.fct_conditions",),
    ),
    Fault(
        "a mart belongs to a doctor",
        "alter table marts.fct_notes owner to ehr_doctor",
        "ehr_doctor",
        ("marts.fct_notes",),
    ),
    Fault(
        "a file's name is read",
        "grant select (file_name) on raw.delivery_file to ehr_engineer",
        "ehr_engineer",
        ("raw.delivery_file",),
    ),
    Fault(
        "a kept risk is changed in another column",
        "grant update on ml.risk_score to ehr_builder",
        "ehr_builder",
        ("ml.risk_score",),
    ),
    Fault(
        "a sequence tells how much is done",
        "grant usage on sequence raw.build_build_id_seq to ehr_billing",
        "ehr_billing",
        ("raw.build_build_id_seq",),
    ),
    Fault(
        "everybody calls a function of the owner",
        f"grant execute on function {OPEN_GLASS} to public",
        "ehr_nurse",
        (OPEN_GLASS,),
    ),
    Fault(
        "support reads names",
        "grant execute on function access.identity_of(bigint[]) to ehr_support",
        "ehr_support",
        ("access.identity_of(bigint[])",),
    ),
    Fault(
        "a nurse's policy is gone",
        "drop policy ehr_nurse on marts.fct_conditions",
        "ehr_nurse",
        ("marts.fct_conditions",),
    ),
    Fault(
        "a policy lets everything through",
        "alter policy ehr_nurse on marts.fct_conditions using (true)",
        "ehr_nurse",
        ("marts.fct_conditions",),
    ),
    Fault(
        "one more policy opens a mart",
        "create policy more on marts.dim_patients for select to public using (true)",
        "ehr_doctor",
        ("marts.dim_patients",),
    ),
    Fault(
        "security of a mart is off",
        "alter table marts.fct_conditions disable row level security",
        "ehr_doctor",
        ("marts.fct_conditions",),
    ),
    Fault(
        "security does not hold for the owner",
        "alter table ml.risk_score no force row level security",
        "ehr_owner",
        ("ml.risk_score",),
    ),
    Fault(
        "every patient is a nurse's",
        "create or replace function access.visible_patients() returns bigint[] "
        "language sql stable security definer set search_path = pg_catalog, pg_temp "
        "return (select array_agg(patient_key) from raw.patients)",
        "ehr_nurse",
        ("marts.dim_patients",),
    ),
    Fault(
        "no patient is closed",
        "create or replace function access.closed_patients() returns bigint[] "
        "language sql stable security definer set search_path = pg_catalog, pg_temp "
        "return '{{}}'::bigint[]",
        "ehr_doctor",
        ("marts.dim_patients",),
    ),
    Fault(
        "an error tells a value",
        "create or replace function access.own_patients() returns bigint[] "
        "language sql stable security definer set search_path = pg_catalog, pg_temp "
        "begin atomic select array_agg(cast(patient.family_name as bigint)) "
        "from identity.patients as patient; end",
        "ehr_doctor",
        ("access.own_patients()",),
    ),
    Fault(
        "a role is above the policies",
        "alter role ehr_nurse bypassrls",
        "ehr_nurse",
        ("marts.dim_patients",),
    ),
    Fault("a nurse becomes a doctor", "grant ehr_doctor to ehr_nurse", "ehr_nurse"),
    Fault(
        "an engineer becomes one who reads all",
        "grant pg_read_all_data to ehr_engineer",
        "ehr_engineer",
    ),
    Fault(
        "a role makes tables",
        "grant usage, create on schema marts to ehr_quality",
        "ehr_quality",
    ),
    Fault(
        "everybody makes temporary tables",
        "grant temporary on database warehouse to public",
        "ehr_nurse",
    ),
    Fault(
        "statistics are read",
        "grant select on pg_catalog.pg_statistic to ehr_researcher",
        "ehr_researcher",
    ),
    Fault(
        "files of the server are read",
        "grant execute on function pg_catalog.pg_read_file(text) to public",
        "ehr_researcher",
    ),
    Fault(
        "large objects are made",
        "grant execute on function pg_catalog.lo_create(oid) to public",
        "ehr_sql_researcher",
    ),
    Fault(
        "a right is handed on",
        "grant select on marts.dim_patients to ehr_doctor with grant option",
        "ehr_doctor",
        ("marts.dim_patients",),
    ),
)
