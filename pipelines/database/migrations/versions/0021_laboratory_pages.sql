-- Rejections that were seen, former texts of reports, origins for the laboratory.

-- Rejected specimens ---------------------------------------------------------------

create table access.seen_rejection (
    patient_key bigint not null,
    specimen_key text not null check (specimen_key <> ''),
    user_id text not null references access.person (user_id),
    seen_at timestamptz not null default clock_timestamp(),
    primary key (patient_key, specimen_key, user_id)
);
comment on table access.seen_rejection is
'Which doctor has seen that a specimen was rejected, and when.';

create function access.seen_rejections(patient_keys bigint[])
returns table (
    patient_key bigint, specimen_key text, seen_by_name text, seen_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (seen.patient_key, seen.specimen_key)
        seen.patient_key,
        seen.specimen_key,
        person.display_name,
        seen.seen_at
    from access.seen_rejection as seen
    inner join access.person as person on seen.user_id = person.user_id
    where (select access.is_known_person())
        and seen.patient_key
        = any((select access.may_see(seen_rejections.patient_keys))::bigint[])
    order by seen.patient_key, seen.specimen_key, seen.seen_at desc
$$;
comment on function access.seen_rejections(bigint[]) is
'Who last said to have seen a rejection, of the patients that the person asking may see.';

create function access.note_seen_rejection(patient_key bigint, specimen_key text)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    noted timestamptz;
begin
    insert into access.seen_rejection as seen (patient_key, specimen_key, user_id)
    select visible.patient_key, note_seen_rejection.specimen_key,
        current_setting('ehr.user_id')
    from unnest(access.may_see(array[note_seen_rejection.patient_key]))
        as visible (patient_key)
    where (select access.is_known_person())
    on conflict (patient_key, specimen_key, user_id) do update
    set seen_at = clock_timestamp()
    returning seen.seen_at into noted;
    if noted is null then
        raise insufficient_privilege using message = 'this patient is not open to you';
    end if;
    return noted;
end
$$;
comment on function access.note_seen_rejection(bigint, text) is
'Notes that the person asking has seen a rejection; of no patient who may not be seen.';

-- Former texts ---------------------------------------------------------------------

create function access.former_texts(feed text, patient_keys bigint[])
returns table (
    patient_key bigint,
    fact_key text,
    record_id text,
    content_hash uuid,
    version_at timestamptz,
    column_name text,
    stored text
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    -- Refuses before the feed's name comes near a statement.
    readable text[] := coalesce(
        (
            select array_agg(fact.patient_key || '|' || fact.fact_key)
            from access.readable_facts(
                former_texts.feed, former_texts.patient_keys
            ) as fact
        ),
        '{}'
    );
begin
    return query execute format(
        $query$
        with

        ranked as (
            select
                version.*,
                version.source_system || ':' || btrim(version.record_id) as fact_key,
                row_number() over (
                    partition by version.source_system, version.record_id
                    order by
                        version.version_at desc,
                        version.adapter_revision desc,
                        version.is_closed,
                        version.content_hash desc
                ) as place
            from identity.%%1$I as version
            where version.patient_key = any(access.keys_of_persons($1))
        )

        select
            access.person_key_of(ranked.patient_key),
            ranked.fact_key,
            ranked.record_id,
            ranked.content_hash,
            ranked.version_at,
            cell.key,
            cell.value
        from ranked
        cross join lateral jsonb_each_text(to_jsonb(ranked)) as cell
        inner join access.protected_text_column as shown
            on shown.feed = $2
            and shown.column_name = cell.key
        where ranked.place > 1
            and not ranked.is_closed
            -- What its source deleted is no fact, and neither is what it said before.
            and access.person_key_of(ranked.patient_key) || '|' || ranked.fact_key
            = any($3)
            and cell.value is not null
            -- What was posted to a wrong patient before stays where it was posted.
            and not exists (
                select 1
                from identity.%%1$I as moved
                where moved.source_system = ranked.source_system
                    and moved.record_id = ranked.record_id
                    and moved.patient_key
                    <> all(access.keys_of_persons(array[ranked.patient_key]))
                    and moved.version_at > ranked.version_at
            )
        $query$,
        former_texts.feed
    )
    using access.may_see(former_texts.patient_keys), former_texts.feed, readable;
end
$$;
comment on function access.former_texts(text, bigint[]) is
'Encrypted texts of a feed of the versions before the current one, of each fact that the
person asking may read. The key never enters the database.';

-- Who may use what -----------------------------------------------------------------

revoke all on access.seen_rejection from public;
revoke execute on function
access.seen_rejections(bigint[]), access.note_seen_rejection(bigint, text),
access.former_texts(text, bigint[])
from public;
grant execute on function access.seen_rejections(bigint[]),
access.former_texts(text, bigint[]) to ehr_doctor, ehr_nurse;
grant execute on function access.note_seen_rejection(bigint, text) to ehr_doctor;
grant execute on function access.origin_of_results(bigint, bigint)
to ehr_lab_technician;
