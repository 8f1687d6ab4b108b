-- When patients read a result: at once, or by a rule of the site some kinds only hours
-- later, or when a clinician has acknowledged it, whichever comes first.
-- Policies of the patient's own marts ask access.is_released for each row.

create table access.release_rule (
    release_rule_id uuid primary key default gen_random_uuid(),
    kind_code text not null check (kind_code in ('result', 'report')),
    matched_by text not null check (matched_by in ('all', 'category', 'test', 'label')),
    matched_value text check (btrim(matched_value) <> ''),
    hours integer not null check (hours between 1 and 720),
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    set_by text not null,
    reason text not null check (btrim(reason) <> ''),
    ended_by text,
    check (valid_to >= valid_from),
    check ((valid_to is null) = (ended_by is null)),
    check ((matched_by = 'all') = (matched_value is null)),
    check (kind_code = 'result' or matched_by <> 'test')
);
comment on table access.release_rule is
'Kinds of results (result: laboratory, report: imaging) that patients read only so many
hours after they are ready. It holds for what becomes known while it is in force, never
for what could be read before. matched_by: all, category (of a report: its modality),
test (LOINC or the code of the analyte), label (access.sensitivity_label).';

create function access.holds_results() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1
        from access.release_rule as rule
        where rule.valid_from <= now()
            and (rule.valid_to is null or rule.valid_to > now())
    )
$$;
comment on function access.holds_results() is
'Whether the site holds any kind of result back for some hours; says nothing of anybody.';

create function access.is_released(
    kind_code text,
    category_name text,
    test_codes text[],
    sensitivity integer,
    counted_from timestamptz,
    known_from timestamptz,
    acknowledged_at timestamptz
)
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(is_released.acknowledged_at <= now(), false)
        or not exists (
            select 1
            from access.release_rule as rule
            left join access.sensitivity_label as label
                on rule.matched_by = 'label'
                and rule.matched_value = label.label_code
            where rule.kind_code = is_released.kind_code
                -- What is not known is held.
                and coalesce(rule.valid_from <= is_released.known_from, true)
                and (rule.valid_to is null or rule.valid_to > now())
                and case rule.matched_by
                    when 'all' then true
                    when 'category'
                        then lower(btrim(is_released.category_name))
                            = rule.matched_value
                    when 'test'
                        then rule.matched_value = any(is_released.test_codes)
                    when 'label'
                        then is_released.sensitivity & label.label_bit <> 0
                end
                and coalesce(
                    is_released.counted_from + make_interval(hours => rule.hours)
                    > now(),
                    true
                )
        )
$$;
comment on function access.is_released(
    text, text, text[], integer, timestamptz, timestamptz, timestamptz
) is
'Whether a patient reads a result now: no rule holds it, its hours are over, or it was
acknowledged. Of several rules the longest holds.';

create function access.set_release_rule(
    kind_code text,
    matched_by text,
    matched_value text,
    hours integer,
    reason text,
    valid_from timestamptz default now()
)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['compliance'], 'only compliance decides when results are released'
    );
    decided uuid;
begin
    if set_release_rule.valid_from < now() then
        raise invalid_parameter_value using
            message = 'a rule begins now or later: what was read cannot be held back';
    end if;
    if set_release_rule.matched_by = 'label' and not exists (
        select 1
        from access.sensitivity_label as label
        where label.label_code = set_release_rule.matched_value
    ) then
        raise invalid_parameter_value using message = 'there is no such label';
    end if;
    insert into access.release_rule as rule (
        kind_code, matched_by, matched_value, hours, reason, valid_from, set_by
    )
    values (
        set_release_rule.kind_code,
        set_release_rule.matched_by,
        case set_release_rule.matched_by
            when 'category' then lower(btrim(set_release_rule.matched_value))
            else btrim(set_release_rule.matched_value)
        end,
        set_release_rule.hours,
        set_release_rule.reason,
        set_release_rule.valid_from,
        asking.user_id
    )
    returning rule.release_rule_id into decided;
    return decided;
end
$$;
comment on function access.set_release_rule(
    text, text, text, integer, text, timestamptz
) is
'Compliance decides that a kind of result is read so many hours later, from now on.';

create function access.end_release_rule(release_rule_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asking access.person := access.require_role(
        array['compliance'], 'only compliance decides when results are released'
    );
begin
    update access.release_rule as rule
    set valid_to = greatest(now(), rule.valid_from), ended_by = asking.user_id
    where rule.release_rule_id = end_release_rule.release_rule_id
        and rule.valid_to is null;
    return found;
end
$$;
comment on function access.end_release_rule(uuid) is
'Compliance ends a rule; what it held back is read from now on.';
