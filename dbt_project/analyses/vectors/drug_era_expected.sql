with

exposures as (

    select
        "case",
        person_id,
        cast("start" as date) as starts_on,
        cast("end" as date) as stated_end,
        cast(days_supply as integer) as days_supply
    from vector_rows_of_drug_exposure

),

counted as (

    select
        "case",
        person_id,
        starts_on,
        {{ exposure_end('starts_on', 'stated_end', 'days_supply') }} as ends_on
    from exposures
    where {{ is_supply_possible('days_supply') }}

),

eras as (

    {{ merged_into_eras('counted', ['"case"', 'person_id'], longest_gap=30) }}

)

select
    "case",
    person_id,
    era_number as era_no,
    starts_on as era_start,
    ends_on as era_end,
    exposures_count as exposure_count,
    gap_days
from eras
