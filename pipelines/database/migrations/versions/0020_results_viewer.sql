-- What a person has seen of a patient's results, and where a result came from.

-- Looks ----------------------------------------------------------------------------

-- Which readings, not until when: what a slow load or a later build brings was known
-- before the look to nobody, whatever its times say.
create table access.result_look (
    user_id text not null references access.person (user_id),
    patient_key bigint not null,
    readings bigint[] not null check (cardinality(readings) <= 500000),
    looked_at timestamptz not null default now(),
    primary key (user_id, patient_key)
);
create index on access.result_look (patient_key);
comment on table access.result_look is
'Which readings of a patient''s results a person has been shown; numbers of digests.';

create function access.last_result_look(patient_key bigint)
returns table (looked_at timestamptz, readings bigint[])
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select look.looked_at, look.readings
    from access.result_look as look
    where (select access.is_known_person())
        and look.user_id = current_setting('ehr.user_id')
        and look.patient_key = last_result_look.patient_key
$$;
comment on function access.last_result_look(bigint) is
'When the person asking last looked at a patient''s results, and what was shown so far.';

create function access.keep_result_look(patient_key bigint, readings bigint[])
returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into access.result_look as look (user_id, patient_key, readings)
    select current_setting('ehr.user_id'), seen.patient_key, keep_result_look.readings
    from unnest(access.may_see(array[keep_result_look.patient_key]))
        as seen (patient_key)
    where (select access.is_known_person())
    on conflict (user_id, patient_key) do update
    -- Two pages of one person may tell at once: what either showed is kept.
    set
        readings = look.readings || array(
            select told.reading
            from unnest(excluded.readings) as told (reading)
            where told.reading <> all(look.readings)
        ),
        looked_at = now()
    returning true
$$;
comment on function access.keep_result_look(bigint, bigint[]) is
'Adds what the person asking was shown; nothing of a patient who may not be seen.';

-- Origin ---------------------------------------------------------------------------

create function access.origin_of_results(delivery_id bigint, file_id bigint)
returns table (
    source_system text,
    adapter text,
    table_name text,
    received_at timestamptz,
    landed_at timestamptz,
    evaluated_count integer,
    unmet_count integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        delivery.source_system,
        delivery.adapter,
        file.table_name,
        file.received_at,
        delivery.landed_at,
        suite.evaluated_expectations,
        suite.unsuccessful_expectations
    from raw.delivery as delivery
    left join raw.delivery_file as file
        on delivery.delivery_id = file.delivery_id
        and file.file_id = origin_of_results.file_id
    left join quality.suite_result as suite
        on delivery.delivery_id = suite.delivery_id and suite.feed = 'lab_results'
    where (select access.is_known_person())
        and delivery.delivery_id = origin_of_results.delivery_id
$$;
comment on function access.origin_of_results(bigint, bigint) is
'From which delivery and table results came, and how many checks it met. Without the
name of the file: a file may be named after a patient.';

-- Who may use what -----------------------------------------------------------------

revoke all on access.result_look from public;
revoke execute on function
access.last_result_look(bigint), access.keep_result_look(bigint, bigint[]),
access.origin_of_results(bigint, bigint)
from public;
grant execute on function
access.last_result_look(bigint), access.keep_result_look(bigint, bigint[]),
access.origin_of_results(bigint, bigint)
to ehr_doctor, ehr_nurse;
