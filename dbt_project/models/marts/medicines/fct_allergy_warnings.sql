{#-
    What somebody with an allergy should not take without a thought: the ingredient itself,
    or one that allergy_cross_reactions speaks of. The strongest reason per allergy and
    ingredient stands. An intolerance is no allergy and is graded lower. What has strength
    none is information only, and no reason.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'allergy_key', 'ingredient_name'],
                'unique': true,
            },
        ]
    )
}}

with

allergies as (

    select * from {{ ref('int_allergies_named') }}
    {{ only_touched_patients() }}

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
    -- keys
    patient_key,
    allergy_key,

    -- what is warned of
    ingredient_name,
    alert_kind_code,
    {{ severity_of_rank('severity_rank') }} as severity_code,

    -- why
    substance_name,
    advice_name,
    basis_name,
    source_name,

    -- labels
    sensitivity,

    -- times
    started_at,

    -- provenance
    known_from

from strongest
where place = 1
