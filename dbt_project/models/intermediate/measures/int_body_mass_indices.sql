{#-
    Body mass index of an adult at each weight, with the latest height at or before it:
    WHO TRS 894, 2000. Weight changes by the week and height hardly, so a height holds
    on; one from before the 18th birthday does not, because its owner has grown since.
    Of two weights or heights that differ at one moment nobody knows which is meant.
-#}
with

vital_signs as (

    select * from {{ ref('fct_vital_signs') }}
    where
        loinc_code in ('29463-7', '3141-9', '8302-2')
        and standard_number is not null
        and measured_at is not null

),

patients as (

    select * from {{ ref('int_patients_for_ranges') }}

),

measured_together as (

    select
        patient_key,
        measured_at,
        {{ only_one("loinc_code <> '8302-2'", 'standard_number') }} as weight,
        {{ only_one("loinc_code = '8302-2'", 'standard_number') }} as height,
        min(case when loinc_code <> '8302-2' then vital_sign_key end) as fact_key,
        max(case when loinc_code = '8302-2' then measured_at end) as height_at,
        coalesce(bit_or(case when loinc_code <> '8302-2' then sensitivity end), 0)
            as sensitivity_of_weight,
        coalesce(bit_or(case when loinc_code = '8302-2' then sensitivity end), 0)
            as sensitivity_of_height,
        max(known_from) as known_from
    from vital_signs
    group by patient_key, measured_at

),

numbered as (

    select
        *,
        count(height_at) over (
            partition by patient_key
            order by measured_at
        ) as heights_so_far
    from measured_together

),

with_latest_height as (

    select
        patient_key,
        fact_key,
        weight,
        measured_at,
        max(height) over (partition by patient_key, heights_so_far) as latest_height,
        max(height_at) over (
            partition by patient_key, heights_so_far
        ) as latest_height_at,
        sensitivity_of_weight | bit_or(sensitivity_of_height) over (
            partition by patient_key, heights_so_far
        ) as sensitivity,
        greatest(
            known_from,
            max(case when height_at is not null then known_from end) over (
                partition by patient_key, heights_so_far
            )
        ) as known_from
    from numbered

),

with_age as (

    select
        with_latest_height.*,
        {{ age_on('patients', local_date('with_latest_height.measured_at')) }}
            as age_years,
        {{ age_on('patients', local_date('with_latest_height.latest_height_at')) }}
            as age_years_at_height
    from with_latest_height
    left join patients
        on with_latest_height.patient_key = patients.patient_key
    where
        with_latest_height.weight is not null
        and with_latest_height.latest_height is not null

),

computed as (

    select
        *,
        case
            when age_years >= 18 and weight > 0
                then {{ body_mass_index('latest_height', 'weight') }}
        end as body_mass_index
    from with_age
    -- Of an adult who has not been measured as one there is nothing to compute.
    where age_years is null or age_years < 18 or age_years_at_height >= 18

)

select
    patient_key,
    fact_key,
    'body_mass_index' as measure_code,
    round(body_mass_index, 1) as value_number,
    'kg/m2' as unit,
    {{ body_mass_class('body_mass_index') }} as class_name,
    cast(null as boolean) as is_lasting,
    case
        when body_mass_index is not null then null
        when age_years is null then 'age_unknown'
        when age_years < 18 then 'child'
        else 'not_above_zero'
    end as not_computed_reason,
    'Weight ' || cast(weight as {{ dbt.type_string() }})
    || ' kg, height ' || cast(latest_height as {{ dbt.type_string() }})
    || ' cm of '
    || cast({{ local_date('latest_height_at') }} as {{ dbt.type_string() }})
        as inputs_text,
    sensitivity,
    measured_at,
    known_from
from computed
