-- Merges and un-merges. The facts stay under the patient key that they came with; views
-- of schema persons show them under the key that the person goes on under.
create schema persons;
comment on schema persons is
'Every version of every fact, as in raw, under the key of the person.';
grant usage on schema persons to ehr_builder;

create table raw.merged_patients (
    patient_key bigint primary key,
    surviving_patient_key bigint not null check (surviving_patient_key <> patient_key)
);
create index on raw.merged_patients (surviving_patient_key);
comment on table raw.merged_patients is
'Patient keys that go on under another one, as fixed at the start of the last build.';
grant select, insert, delete on raw.merged_patients to ehr_builder;
grant insert on raw.touched_patients to ehr_builder;

-- What a merge or an un-merge changed ----------------------------------------------

create table quality.merge_change (
    build_id bigint not null,
    patient_key bigint not null,
    surviving_patient_key bigint not null,
    change_code text not null check (change_code in ('merge', 'unmerge')),
    mart text not null,
    rows_of_patient_before bigint not null,
    rows_of_survivor_before bigint not null,
    rows_of_patient_after bigint,
    rows_of_survivor_after bigint,
    primary key (build_id, patient_key, surviving_patient_key, mart)
);
comment on table quality.merge_change is
'Rows of each mart under both keys before and after the build that took in a merge or
an un-merge; what was derived may be more or less than the sum.';
alter table quality.merge_change enable row level security;
alter table quality.merge_change force row level security;
create policy builder on quality.merge_change for all to ehr_builder using (true);
create policy user_required on quality.merge_change as restrictive for all to
ehr_registrar
using (nullif(current_setting('ehr.user_id', true), '') is not null);
create policy ehr_registrar on quality.merge_change for select to ehr_registrar
using ((select access.is_known_person()));
grant usage on schema quality to ehr_builder, ehr_registrar;
grant select, insert, update on quality.merge_change to ehr_builder;
grant select on quality.merge_change to ehr_registrar;

-- Persons in the rules of access ---------------------------------------------------

create function access.person_key_of(asked_patient_key bigint) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (
            select merged.surviving_patient_key
            from raw.merged_patients as merged
            where merged.patient_key = asked_patient_key
        ),
        asked_patient_key
    )
$$;
comment on function access.person_key_of(bigint) is
'The key that a person goes on under; the key itself where nothing was merged.';

create function access.keys_of_persons(patient_keys bigint[]) returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(distinct member.patient_key), '{}'::bigint[])
    from (
        select asked.patient_key
        from unnest(patient_keys) as asked (patient_key)
        union all
        select merged.patient_key
        from raw.merged_patients as merged
        where merged.surviving_patient_key = any(patient_keys)
    ) as member
$$;
comment on function access.keys_of_persons(bigint[]) is
'All keys under which facts of these persons came.';
revoke execute on function
access.person_key_of(bigint), access.keys_of_persons(bigint[]) from public;
