-- What quality staff and laboratory technicians read. access.require_role comes with the
-- rules of access (0010).
set local check_function_bodies = off;

-- Uploads: entered by who submits, seen by who submitted ------------------------------

create table access.upload (
    upload_id uuid primary key,
    user_id text not null references access.person (user_id),
    source_system text not null,
    archive_address text not null,
    records bigint not null check (records > 0),
    submitted_at timestamptz not null default clock_timestamp()
);
create index on access.upload (user_id, submitted_at);
revoke all on access.upload from public;
comment on table access.upload is
'One row per file submitted on the upload page; holds nothing of the file itself.';
comment on column access.upload.archive_address is
'Keyed hash of the bytes; the file that landed is found by it.';

create function access.enter_upload(
    upload_id uuid, source_system text, archive_address text, records bigint
)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['lab_technician'], 'only a laboratory technician enters uploads'
    );
    entered_at timestamptz;
begin
    insert into access.upload as upload (
        upload_id, user_id, source_system, archive_address, records
    )
    values (
        enter_upload.upload_id,
        asking.user_id,
        enter_upload.source_system,
        enter_upload.archive_address,
        enter_upload.records
    )
    returning upload.submitted_at into entered_at;
    return entered_at;
end
$$;
comment on function access.enter_upload(uuid, text, text, bigint) is
'Enters an upload in the name of the technician asking; returns when.';

create function access.own_uploads(since timestamptz)
returns table (
    upload_id uuid,
    source_system text,
    submitted_at timestamptz,
    records bigint,
    delivery_id bigint,
    delivery_status text,
    held_because text,
    landed_at timestamptz,
    landed_rows bigint,
    unchanged_rows bigint,
    refused_rows bigint,
    is_on_chart boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        upload.upload_id,
        upload.source_system,
        upload.submitted_at,
        upload.records,
        delivered.delivery_id,
        delivered.status,
        delivered.held_because,
        delivered.landed_at,
        rows_of_file.landed,
        rows_of_file.unchanged,
        rows_of_file.refused + delivered.refused_whole,
        coalesce(
            delivered.status = 'landed'
            and not exists (
                select 1
                from raw.touched_patients as touched
                where touched.delivery_id = delivered.delivery_id
            ),
            false
        )
    from access.upload as upload
    left join lateral (
        select
            delivery.delivery_id,
            delivery.status,
            delivery.held_because,
            delivery.landed_at,
            delivery_file.file_id,
            delivery_file.refused as refused_whole
        from raw.delivery_file as delivery_file
        inner join raw.delivery as delivery
            on delivery_file.delivery_id = delivery.delivery_id
        where delivery_file.archive_address = upload.archive_address
            and delivery.source_system = upload.source_system
            and delivery.landed_at >= upload.submitted_at
        order by delivery.delivery_id
        limit 1
    ) as delivered on true
    left join lateral (
        select
            coalesce(sum(delivery_feed.landed), 0)::bigint as landed,
            coalesce(sum(delivery_feed.unchanged), 0)::bigint as unchanged,
            coalesce(sum(delivery_feed.refused), 0)::bigint as refused
        from raw.delivery_feed as delivery_feed
        where delivery_feed.file_id = delivered.file_id
    ) as rows_of_file on true
    where upload.user_id = current_setting('ehr.user_id', true)
        and session_user = 'ehr_lab_technician'
        and (select access.is_known_person())
        and upload.submitted_at >= since
    order by upload.submitted_at desc
$$;
comment on function access.own_uploads(timestamptz) is
'What became of the uploads of the technician asking. On the chart is what landed and
left no patient for the next build.';

revoke execute on function access.enter_upload(uuid, text, text, bigint),
access.own_uploads(timestamptz) from public;
grant execute on function access.enter_upload(uuid, text, text, bigint),
access.own_uploads(timestamptz) to ehr_lab_technician;

-- Quality staff: books and results of checks, no mart, no name of a file --------------
-- A file may be named after a patient; what it stands for is told by its table.

revoke usage on schema marts, terminology from ehr_quality;
revoke select on raw.delivery_file from ehr_quality;
grant select (
    file_id, delivery_id, table_name, archive_address, byte_count, received_at,
    verdict, problem, records, mapped, excluded, refused
) on raw.delivery_file to ehr_quality;

create index on quarantine.row (delivery_id, feed);

create view quality.judged_rule with (security_invoker = true) as
with

judged as (
    select
        judgement.delivery_id,
        delivery.source_system,
        delivery.status as delivery_status,
        delivery.landed_at,
        judgement.feed,
        judgement.result #>> '{expectation_config,meta,rule}' as rule_name,
        judgement.expectation_type,
        judgement.severity,
        judgement.kahn_category,
        judgement.result #>> '{expectation_config,notes}' as reason,
        judgement.result #> '{expectation_config,kwargs}' as arguments,
        judgement.element_count,
        judgement.unexpected_count,
        judgement.success as is_met
    from quality.expectation_result as judgement
    inner join raw.delivery as delivery
        on judgement.delivery_id = delivery.delivery_id
),

compared as (
    select
        judged.*,
        lag(judged.is_met) over rule_over_time as was_met,
        lag(judged.unexpected_count) over rule_over_time as previous_unexpected_count,
        dense_rank() over (
            partition by judged.source_system, judged.feed
            order by judged.delivery_id desc
        ) as loads_ago
    from judged
    window rule_over_time as (
        partition by judged.source_system, judged.feed, judged.rule_name
        order by judged.delivery_id
    )
)

select
    compared.*,
    case
        when compared.is_met and not compared.was_met then 'resolved'
        when compared.is_met then 'met'
        when compared.was_met then 'new'
        when compared.was_met is null then 'first'
        else 'persisting'
    end as change_code
from compared;
comment on view quality.judged_rule is
'One row per rule, feed and delivery: what was found, and how that differs from the
load of the same source and feed before. loads_ago is 1 for the latest.';
grant select on quality.judged_rule to ehr_quality;

-- Which texts of a refused line are words of the feed ---------------------------------
-- In a line whose fields slipped, a name stands in a column of codes. A text that many
-- patients' accepted rows have in that column is no name. The answer is yes or no.

create function quality.known_texts(feed text, columns text[], texts text[])
returns table (column_name text, delivered_text text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    fewest_patients constant integer := 11;
    most_rows_looked_at constant integer := 5000;
    landed regclass := to_regclass('raw.' || quote_ident(feed));
    asked record;
    patients bigint;
begin
    perform access.require_role(
        array['quality'], 'only quality staff ask which texts are known'
    );
    for asked in
        select distinct pair.name, pair.content
        from unnest(columns, texts) as pair (name, content)
        inner join pg_attribute as attribute
            on attribute.attrelid = landed
            and attribute.attname = pair.name
            and attribute.atttypid = 'text'::regtype
        inner join pg_attribute as patient
            on patient.attrelid = landed
            and patient.attname = 'patient_key'
    loop
        execute 'select count(distinct found.patient_key) from ('
            || 'select patient_key from ' || landed::text
            || ' where ' || quote_ident(asked.name)
            || ' = $1 and not is_closed limit $2) as found'
        into patients
        using asked.content, most_rows_looked_at;
        if patients >= fewest_patients then
            column_name := asked.name;
            delivered_text := asked.content;
            return next;
        end if;
    end loop;
end
$$;
comment on function quality.known_texts(text, text[], text[]) is
'Those of the texts that accepted rows of at least 11 patients have in that column.';
revoke execute on function quality.known_texts(text, text[], text[]) from public;
grant execute on function quality.known_texts(text, text[], text[]) to ehr_quality;

-- Which delivery is an upload: once landed, its folder is taken away -------------------

create function raw.is_upload(upload_id uuid, source_system text)
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1
        from access.upload as upload
        where upload.upload_id = is_upload.upload_id
            and upload.source_system = is_upload.source_system
    )
$$;
comment on function raw.is_upload(uuid, text) is
'Whether the upload page wrote the delivery of this name for this source.';
revoke execute on function raw.is_upload(uuid, text) from public;
grant execute on function raw.is_upload(uuid, text) to ehr_loader;
