-- Looks that deserve a question.

create table access.person_address (
    user_id text primary key references access.person (user_id),
    token uuid not null
);
comment on table access.person_address is
'Keyed hash of the home address of one of the staff; compared, never read.';

create function audit.staff_names()
returns table (user_id text, display_name text, role text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select person.user_id, person.display_name, person.role
    from access.person as person
    where (select audit.is_compliance()) and person.role <> 'patient'
$$;

create function audit.find_snooping(
    since timestamptz,
    until timestamptz,
    staff_ids text[],
    surname_tokens uuid[],
    full_name_tokens uuid[]
)
returns table (
    user_id text,
    role text,
    patient_key bigint,
    looks bigint,
    first_at timestamptz,
    last_at timestamptz,
    has_care_relation boolean,
    is_same_surname boolean,
    surname_patients bigint,
    is_same_address boolean,
    is_own_name boolean,
    staff_id text,
    labels text[]
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    -- Who names one patient meant that patient; a list shows whom it shows.
    looks as (
        select
            event.user_id,
            event.role,
            event.patient_keys[1] as patient_key,
            count(*) as looks,
            min(event.happened_at) as first_at,
            max(event.happened_at) as last_at
        from audit.event as event
        where event.happened_at >= since
            and event.happened_at < until
            and event.result = 'ok'
            and event.role not in ('patient', 'ehr_owner', 'compliance', '')
            and cardinality(event.patient_keys) = 1
            and (select audit.is_compliance())
        group by event.user_id, event.role, event.patient_keys[1]
    ),

    staff as (
        select
            named.user_id,
            named.surname_token,
            named.full_name_token
        from unnest(staff_ids, surname_tokens, full_name_tokens)
            as named (user_id, surname_token, full_name_token)
    )

    select
        looks.user_id,
        looks.role,
        looks.patient_key,
        looks.looks,
        looks.first_at,
        looks.last_at,
        exists (
            select 1 from access.assignment as assignment
            where assignment.user_id = looks.user_id
                and assignment.patient_key = looks.patient_key
                and assignment.valid_from <= looks.last_at + interval '30 days'
                and (
                    assignment.valid_to is null
                    or assignment.valid_to >= looks.first_at - interval '30 days'
                )
        )
        or exists (
            select 1 from access.care_team as member
            where member.source_system = person.practitioner_source
                and member.practitioner_id = person.practitioner_id
                and member.patient_key = looks.patient_key
                and (
                    member.started_at is null
                    or member.started_at <= looks.last_at + interval '30 days'
                )
                and (
                    member.ended_at is null
                    or member.ended_at >= looks.first_at - interval '30 days'
                )
        )
        or exists (
            select 1 from raw.encounters as visit
            where visit.source_system = person.practitioner_source
                and visit.practitioner_id = person.practitioner_id
                and visit.patient_key = looks.patient_key
                and visit.started_at <= looks.last_at + interval '30 days'
                and coalesce(visit.ended_at, visit.started_at)
                >= looks.first_at - interval '30 days'
        ),
        exists (
            select 1 from identity.search_token as stored
            where stored.kind = 'surname'
                and stored.token = own.surname_token
                and stored.patient_key = looks.patient_key
        ),
        (
            select count(*) from identity.search_token as stored
            where stored.kind = 'surname' and stored.token = own.surname_token
        ),
        exists (
            select 1 from identity.search_token as stored
            inner join access.person_address as home on stored.token = home.token
            where stored.kind = 'address'
                and home.user_id = looks.user_id
                and stored.patient_key = looks.patient_key
        ),
        exists (
            select 1 from identity.search_token as stored
            where stored.kind = 'full_name'
                and stored.token = own.full_name_token
                and stored.patient_key = looks.patient_key
        ),
        (
            select min(colleague.user_id)
            from staff as colleague
            inner join identity.search_token as stored
                on stored.kind = 'full_name'
                and colleague.full_name_token = stored.token
            where stored.patient_key = looks.patient_key
                and colleague.user_id <> looks.user_id
        ),
        (
            select coalesce(
                array_agg(distinct label.label_code order by label.label_code),
                '{}'
            )
            from access.restriction as label
            where label.patient_key = looks.patient_key
                and label.valid_from <= looks.last_at
                and (label.valid_to is null or label.valid_to > looks.first_at)
        )
    from looks
    left join access.person as person on looks.user_id = person.user_id
    left join staff as own on looks.user_id = own.user_id
$$;
comment on function audit.find_snooping(
    timestamptz, timestamptz, text[], uuid[], uuid[]
) is
'Per person and patient opened by name: what ties them together besides care. Names and
addresses are compared as keyed hashes; nothing is opened.';

create function audit.count_patients() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*)
    from identity.patient_key as known
    where (select audit.is_compliance())
$$;
comment on function audit.count_patients() is
'How many patients there are: what a name of some of them is compared with.';
