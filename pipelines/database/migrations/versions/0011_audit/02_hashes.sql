-- What the chain hashes.

create function audit.moment_text(moment timestamptz) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
$$;

create function audit.hash_of(event audit.event) returns bytea
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select sha256(
        event.previous_hash || convert_to(
            case event.hash_format
                when 1 then (
                    jsonb_build_array(
                        event.event_id,
                        audit.moment_text(event.happened_at),
                        event.user_id,
                        event.role,
                        event.action,
                        event.subject,
                        event.patient_keys,
                        event.row_count,
                        event.purpose,
                        event.result
                    )
                    || case
                        when event.intent_id is null then '[]'::jsonb
                        else jsonb_build_array(event.intent_id)
                    end
                )
                else jsonb_build_array(
                    event.hash_format,
                    event.event_id,
                    to_char(event.month, 'YYYY-MM-DD'),
                    audit.moment_text(event.happened_at),
                    audit.moment_text(event.recorded_at),
                    event.user_id,
                    event.role,
                    event.action,
                    event.subject,
                    event.patient_keys,
                    event.row_count,
                    event.purpose,
                    event.result,
                    event.intent_id,
                    event.entry_id,
                    event.is_spooled,
                    event.client_address
                )
            end::text,
            'UTF8'
        )
    )
$$;
comment on function audit.hash_of(audit.event) is
'The hash that an event must carry, by the format that it was written in.';
