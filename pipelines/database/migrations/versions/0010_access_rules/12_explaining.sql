-- Why can, or can't, somebody see a patient.

create function access.explain(asked_user_id text, asked_patient_key bigint)
returns table (
    rule_order integer,
    rule_code text,
    rule_text text,
    is_met boolean,
    is_deciding boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with

    asked as (
        select
            account.user_id,
            account.role,
            coalesce(account.is_active, false) as is_active,
            access.person_key_of(account.patient_key) as own_patient_key,
            access.person_key_of(asked_patient_key) as person_key
        from (select asked_user_id as user_id) as given
        left join access.person as account
            on given.user_id = account.user_id
        cross join access.asking_person() as person
        where person.role in ('support', 'compliance')
    ),

    held as (
        select
            asked.*,
            asked.is_active as has_account,
            coalesce(
                asked.role in (
                    'doctor', 'nurse', 'patient', 'lab_technician', 'registrar',
                    'billing'
                ),
                false
            ) as is_reader,
            coalesce(asked.role in ('lab_technician', 'registrar', 'billing'), false)
                as sees_everyone,
            coalesce(
                asked.role = 'patient' and asked.own_patient_key = asked.person_key,
                false
            ) as is_oneself,
            exists (
                select 1
                from access.assignment as assignment
                where assignment.user_id = asked.user_id
                    and access.person_key_of(assignment.patient_key) = asked.person_key
                    and assignment.valid_from <= now()
                    and (assignment.valid_to is null or assignment.valid_to > now())
            ) as is_assigned,
            exists (
                select 1
                from access.person as account
                inner join access.care_team as care_team
                    on account.practitioner_source = care_team.source_system
                    and account.practitioner_id = care_team.practitioner_id
                where account.user_id = asked.user_id
                    and access.person_key_of(care_team.patient_key) = asked.person_key
                    and (care_team.started_at is null or care_team.started_at <= now())
                    and (care_team.ended_at is null or care_team.ended_at > now())
            ) as is_on_care_team,
            exists (
                select 1
                from access.restrictions_in_force() as restricted
                where restricted.patient_key = asked.person_key
            ) as is_restricted,
            asked.person_key in (select access.glass_of(asked.user_id))
                as has_broken_glass
        from asked
    ),

    decided as (
        select
            held.*,
            case
                when not held.has_account then 'account'
                when not held.is_reader then 'role'
                when held.sees_everyone then 'role'
                when held.role = 'patient' then 'oneself'
                when held.is_assigned then 'assignment'
                when held.is_on_care_team then 'care_team'
                when held.role = 'nurse' then 'care_team'
                when not held.is_restricted then 'restriction'
                when held.has_broken_glass then 'glass'
                else 'restriction'
            end as deciding_code
        from held
    ),

    rules as (
        select
            decided.deciding_code,
            rule.*
        from decided
        cross join lateral (
            values
            (
                1, 'account', decided.has_account,
                'has an account that is active',
                'has no account that is active'
            ),
            (
                2, 'role', decided.is_reader,
                case
                    when decided.sees_everyone
                        then 'the role sees every patient, within its kinds of facts'
                    else 'the role sees patients, if a rule below allows it'
                end,
                'the role sees no patient'
            ),
            (
                3, 'oneself', decided.is_oneself,
                'is this patient', 'is not this patient'
            ),
            (
                4, 'assignment', decided.is_assigned,
                'is assigned to this patient now',
                'is not assigned to this patient now'
            ),
            (
                5, 'care_team', decided.is_on_care_team,
                'is on the care team of this patient now',
                'is not on the care team of this patient now'
            ),
            (
                6, 'restriction', not decided.is_restricted,
                'no restriction of this patient is in force',
                'this patient is restricted: doctors need the care team or must break '
                || 'the glass; nurses must be assigned'
            ),
            (
                7, 'glass', decided.has_broken_glass,
                'has broken the glass, and the hour is not over',
                'has not broken the glass'
            )
        ) as rule (rule_order, rule_code, is_met, text_if_met, text_if_not)
    )

    select
        rules.rule_order,
        rules.rule_code,
        case when rules.is_met then rules.text_if_met else rules.text_if_not end,
        rules.is_met,
        rules.rule_code = rules.deciding_code
    from rules
    union all
    select
        8,
        'answer',
        case
            when rules.is_met then 'can see this patient'
            else 'cannot see this patient'
        end,
        rules.is_met,
        false
    from rules
    where rules.rule_code = rules.deciding_code
    order by 1
$$;
comment on function access.explain(text, bigint) is
'Every rule that was considered, whether it is met, which one decided, and the answer;
for support and compliance. Says nothing clinical.';

create function access.withheld_label_names(asked_user_id text) returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(label.label_name order by label.label_bit), '{}')
    from access.asking_person() as person
    inner join access.person as account
        on account.user_id = asked_user_id
    inner join access.label_rule as rule
        on account.role = rule.role
    inner join access.sensitivity_label as label
        on rule.label_code = label.label_code
    where person.role in ('support', 'compliance')
$$;
comment on function access.withheld_label_names(text) is
'Labels of facts that the role of an account sees of entrusted patients only.';
