-- Break-the-glass, reviewed.

create function audit.glass_to_review()
returns table (
    break_glass_id uuid,
    user_id text,
    display_name text,
    role text,
    patient_key bigint,
    reason_code text,
    reason_text text,
    opened_at timestamptz,
    ends_at timestamptz,
    looks bigint,
    reviewed_at timestamptz,
    reviewed_by text,
    review_result_code text,
    review_text text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        glass.break_glass_id,
        glass.user_id,
        person.display_name,
        person.role,
        glass.patient_key,
        glass.reason_code,
        glass.reason_text,
        glass.opened_at,
        glass.ends_at,
        (
            select count(*) from audit.event as event
            where event.user_id = glass.user_id
                and event.patient_keys @> array[glass.patient_key]
                and event.happened_at >= glass.opened_at
                and event.happened_at <= glass.ends_at
        ),
        glass.reviewed_at,
        glass.reviewed_by,
        glass.review_result_code,
        glass.review_text
    from access.break_glass as glass
    left join access.person as person on glass.user_id = person.user_id
    where (select audit.is_compliance())
    order by glass.reviewed_at is null desc, glass.opened_at
$$;
comment on function audit.glass_to_review() is
'Every time the glass was broken, those that wait for a review first, oldest first.';

create function access.review_glass(
    break_glass_id uuid, result_code text, comment text
)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['compliance'], 'only a compliance officer reviews broken glass'
    );
    moment timestamptz;
begin
    if result_code not in ('justified', 'not_justified', 'followed_up') then
        raise invalid_parameter_value using message = 'no such result of a review';
    end if;
    -- A follow-up stays open until it is decided.
    update access.break_glass as glass
    set
        reviewed_at = clock_timestamp(),
        reviewed_by = asking.user_id,
        review_result_code = review_glass.result_code,
        review_text = review_glass.comment
    where glass.break_glass_id = review_glass.break_glass_id
        and (
            glass.reviewed_at is null or glass.review_result_code = 'followed_up'
        )
        and glass.user_id <> asking.user_id
    returning glass.reviewed_at into moment;
    if moment is null then
        raise object_not_in_prerequisite_state using
            message = 'it was decided already, is your own, or is not there';
    end if;
    return moment;
end
$$;
comment on function access.review_glass(uuid, text, text) is
'Decides, in the name of the officer asking, whether breaking the glass was justified.';
