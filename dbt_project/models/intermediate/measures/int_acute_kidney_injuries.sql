{#-
    Stage of acute kidney injury at each creatinine: the creatinine part of KDIGO 2012,
    against the lowest value of the 48 hours and of the 7 days before. 0 is no injury,
    or none that could show: the words say where there was nothing to compare with.
    Whoever is on dialysis has none that creatinine could tell. Urine output is not
    known here.
-#}
with

creatinine as (

    select
        *,
        {{ creatinine_mg_dl('value_number', 'unit') }} as creatinine_mg_dl
    from {{ ref('int_blood_numbers') }}
    where analyte_code = '2160-0'

),

dialysis as (

    select * from {{ ref('int_diagnoses_of_dialysis') }}

),

with_earlier as (

    select
        *,
        {{ lowest_creatinine_before(
            48, 'creatinine_mg_dl', 'patient_key', 'collected_at'
        ) }} as lowest_48_hours,
        {{ lowest_creatinine_before(
            168, 'creatinine_mg_dl', 'patient_key', 'collected_at'
        ) }} as lowest_7_days,
        bit_or(sensitivity) over (
            partition by patient_key
            order by collected_at
            range between interval '168' hour preceding and current row
        ) as sensitivity_of_series
    from creatinine

),

with_dialysis as (

    select
        *,
        (
            select bit_or(dialysis.sensitivity)
            from dialysis
            where
                dialysis.patient_key = with_earlier.patient_key
                and dialysis.since_at <= with_earlier.collected_at
        ) as sensitivity_of_dialysis
    from with_earlier

),

staged as (

    select
        *,
        case
            when sensitivity_of_dialysis is null and creatinine_mg_dl is not null
                then {{ acute_kidney_injury_stage(
                    'creatinine_mg_dl', 'lowest_48_hours', 'lowest_7_days', 'false'
                ) }}
        end as injury_stage
    from with_dialysis

)

select
    patient_key,
    lab_result_key as fact_key,
    'aki_stage' as measure_code,
    cast(injury_stage as {{ type_decimal() }}) as value_number,
    '{stage}' as unit,
    case
        when injury_stage > 0
            then 'stage ' || cast(injury_stage as {{ dbt.type_string() }})
        when injury_stage = 0 and lowest_7_days is null
            then 'no creatinine of the 7 days before to compare with'
        when injury_stage = 0 then 'none by creatinine'
    end as class_name,
    cast(null as boolean) as is_lasting,
    case
        when injury_stage is not null then null
        when sensitivity_of_dialysis is not null then 'dialysis'
        else 'unit'
    end as not_computed_reason,
    'Creatinine ' || cast(value_number as {{ dbt.type_string() }})
    || coalesce(' ' || unit, '')
    || ', lowest of 48 h before '
    || coalesce(
        cast(round(lowest_48_hours, 2) as {{ dbt.type_string() }}) || ' mg/dL', 'none'
    )
    || ', of 7 days before '
    || coalesce(
        cast(round(lowest_7_days, 2) as {{ dbt.type_string() }}) || ' mg/dL', 'none'
    ) as inputs_text,
    sensitivity_of_series | coalesce(sensitivity_of_dialysis, 0) as sensitivity,
    collected_at as measured_at,
    known_from
from staged
