{#-
    Medicines taken by somebody who is allergic to them: the ingredient itself, or one
    that allergy_cross_reactions speaks of. The strongest reason per allergy and medicine
    stands. An intolerance is no allergy and is graded lower. What has strength none is
    information only, and no alert. Where an onset is told, what ended before it is none.
-#}
with

taken as (

    select * from {{ ref('fct_medications_taken') }}

),

allergies as (

    select * from {{ ref('int_allergies_named') }}

),

cross_reactions as (

    select * from {{ ref('allergy_cross_reactions') }}
    where strength_code <> 'none'

),

allergy_groups as (

    select * from {{ ref('allergy_groups') }}

),

warned_of as (

    select
        patient_key,
        allergy_key,
        substance_name,
        type_code,
        sensitivity,
        started_at,
        known_from,
        ingredient_name,
        'allergy' as alert_kind_code,
        case when type_code = 'intolerance' then 3 else 1 end as severity_rank,
        'recorded allergy' as advice_name,
        cast(null as {{ dbt.type_string() }}) as basis_name,
        'patient record' as source_name
    from allergies
    where ingredient_name is not null

    union all

    select
        allergies.patient_key,
        allergies.allergy_key,
        allergies.substance_name,
        allergies.type_code,
        allergies.sensitivity,
        allergies.started_at,
        allergies.known_from,
        allergy_groups.ingredient_name,
        'cross_reaction' as alert_kind_code,
        case
            when allergies.type_code = 'intolerance' then 4
            when cross_reactions.strength_code = 'high' then 2
            when cross_reactions.strength_code = 'moderate' then 3
            else 4
        end as severity_rank,
        cross_reactions.advice_name,
        cross_reactions.basis_name,
        cross_reactions.source_name
    from allergies
    inner join cross_reactions
        on allergies.group_name = cross_reactions.culprit_group
    inner join allergy_groups
        on cross_reactions.other_group = allergy_groups.group_name

),

strongest as (

    select
        *,
        row_number() over (
            partition by patient_key, allergy_key, ingredient_name
            order by alert_kind_code, severity_rank, advice_name
        ) as place
    from warned_of

)

select
    taken.patient_key,
    strongest.alert_kind_code,
    {{ severity_of_rank('strongest.severity_rank') }} as severity_code,
    strongest.allergy_key,
    strongest.substance_name,
    strongest.advice_name,
    strongest.basis_name,
    strongest.source_name,
    taken.ingredient_name as ingredient_a,
    taken.taken_key as first_taken_key,
    taken.exposure_key as first_exposure_key,
    taken.sensitivity | strongest.sensitivity as sensitivity,
    greatest(taken.taken_from, strongest.started_at) as began_at,
    taken.taken_until as ended_at,
    greatest(taken.known_from, strongest.known_from) as known_from,
    taken.known_until
from taken
inner join strongest
    on
        taken.patient_key = strongest.patient_key
        and taken.ingredient_name = strongest.ingredient_name
        and strongest.place = 1
where
    (
        strongest.started_at is null
        or strongest.started_at < taken.taken_until
    )
    and (
        taken.known_until is null
        or strongest.known_from < taken.known_until
    )
