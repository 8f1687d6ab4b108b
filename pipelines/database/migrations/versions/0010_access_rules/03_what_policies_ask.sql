-- What policies ask.

create function access.visible_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asking as (
        select
            person.user_id,
            person.role,
            person.patient_key
        from access.asking_person() as person
    ),

    visible as (
        select team.patient_key
        from asking
        cross join lateral access.team_of(asking.user_id) as team (patient_key)
        where asking.role = 'nurse'
        union
        select access.person_key_of(asking.patient_key)
        from asking
        where asking.role = 'patient'
    )

    select coalesce(array_agg(visible.patient_key), '{}'::bigint[]) from visible
$$;
comment on function access.visible_patients() is
'Patients of the nurse or patient asking: assigned, on the care team, or oneself.
Empty for everybody else, and when ehr.user_id is empty or of another role.';

create function access.entrusted_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asking as (
        select
            person.user_id,
            person.role
        from access.asking_person() as person
    ),

    entrusted as (
        select team.patient_key
        from asking
        cross join lateral access.team_of(asking.user_id) as team (patient_key)
        where asking.role in ('doctor', 'nurse')
        union
        select glass.patient_key
        from asking
        cross join lateral access.glass_of(asking.user_id) as glass (patient_key)
        where asking.role = 'doctor'
    )

    select coalesce(array_agg(entrusted.patient_key), '{}'::bigint[]) from entrusted
$$;
comment on function access.entrusted_patients() is
'Patients of whom the doctor or nurse asking sees what is restricted or labelled, too:
on the care team, assigned, or glass broken.';

create function access.closed_patients() returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(closed.patient_key), '{}'::bigint[])
    from (
        select restricted.patient_key
        from access.restrictions_in_force() as restricted
        except
        select unnest(access.entrusted_patients())
    ) as closed
$$;
comment on function access.closed_patients() is
'Restricted patients who are not entrusted to the person asking.';

create function access.withheld_labels() returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when person.user_id is null then -1
        else coalesce(
            (
                select bit_or(label.label_bit)
                from access.label_rule as rule
                inner join access.sensitivity_label as label
                    on rule.label_code = label.label_code
                where rule.role = person.role
            ),
            0
        )
    end
    from access.asking_person() as person
$$;
comment on function access.withheld_labels() is
'Bits of the labels that the role asking sees of entrusted patients only; all of them
when nobody is asking.';

create function access.may_see(patient_keys bigint[]) returns bigint[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asked as (
        select distinct
            given.patient_key,
            coalesce(merged.surviving_patient_key, given.patient_key) as person_key
        from unnest(patient_keys) as given (patient_key)
        left join raw.merged_patients as merged
            on given.patient_key = merged.patient_key
    )

    select coalesce(array_agg(asked.patient_key), '{}'::bigint[])
    from access.asking_person() as person
    cross join asked
    where case
        when person.role = 'doctor'
            then asked.person_key <> all((select access.closed_patients())::bigint[])
        when person.role in ('nurse', 'patient')
            then asked.person_key = any((select access.visible_patients())::bigint[])
        when person.role in ('lab_technician', 'registrar', 'billing') then true
        else false
    end
$$;
comment on function access.may_see(bigint[]) is
'Those of the patients given whom the person asking may see, by all rules. Which kinds
of facts the role reads of them is decided by grants, and by labels row by row.';
