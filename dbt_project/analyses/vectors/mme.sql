with

doses as (

    select
        id,
        regexp_replace(lower({{ list_part('opioid', 1) }}), ' *[(].*$', '') as opioid_name,
        cast({{ list_part('opioid', 2) }} as {{ type_decimal() }}) as dose,
        cast({{ list_part('opioid', 3) }} as {{ type_decimal() }}) as times_per_day
    from (
        {{ one_row_per_entry(
            '"drug|dose_each_mg_or_mcg_per_h|times_per_day"', 'opioid', ';'
        ) }}
    ) as listed

),

opioid_factors as (

    select * from {{ ref('opioid_mme_factors') }}

),

with_equivalents as (

    select
        doses.id,
        {{ morphine_equivalents(
            'doses.dose',
            'doses.times_per_day',
            'opioid_factors.factor',
            'opioid_factors.dose_unit'
        ) }} as equivalents
    from doses
    left join opioid_factors on doses.opioid_name = opioid_factors.opioid_name

),

summed as (

    select
        id,
        case when count(*) = count(equivalents) then sum(equivalents) end as equivalents
    from with_equivalents
    group by id

)

select
    id,
    equivalents as expected_mme_per_day,
    cast({{ reaches_equivalents('equivalents', 50) }} as integer) as ge_50,
    cast({{ reaches_equivalents('equivalents', 90) }} as integer) as ge_90
from summed
