{#-
    Calcium of one draw for an albumin of 4 g/dL (Payne, BMJ 1973;4:643), in the calcium's
    own unit. An ionized calcium, where there is one, says more.
-#}
with

blood_numbers as (

    select * from {{ ref('int_blood_numbers') }}
    where analyte_code in ('17861-6', '2000-8', '1751-7')

),

drawn_together as (

    select
        patient_key,
        collected_at,
        {{ only_one(
            "analyte_code in ('17861-6', '2000-8')", 'value_number'
        ) }} as calcium,
        {{ only_one("analyte_code in ('17861-6', '2000-8')", 'unit') }} as calcium_unit,
        {{ only_one(
            "analyte_code = '1751-7'", albumin_g_dl('value_number', 'unit')
        ) }} as albumin,
        min(
            case when analyte_code in ('17861-6', '2000-8') then lab_result_key end
        ) as fact_key,
        bit_or(sensitivity) as sensitivity,
        max(known_from) as known_from
    from blood_numbers
    group by patient_key, collected_at

)

select
    patient_key,
    fact_key,
    'corrected_calcium' as measure_code,
    round({{ corrected_calcium('calcium', 'calcium_unit', 'albumin') }}, 2)
        as value_number,
    calcium_unit as unit,
    cast(null as {{ dbt.type_string() }}) as class_name,
    cast(null as boolean) as is_lasting,
    cast(null as {{ dbt.type_string() }}) as not_computed_reason,
    'Calcium ' || cast(calcium as {{ dbt.type_string() }}) || ' ' || calcium_unit
    || ', albumin ' || cast(round(albumin, 2) as {{ dbt.type_string() }}) || ' g/dL'
        as inputs_text,
    sensitivity,
    collected_at as measured_at,
    known_from
from drawn_together
where
    calcium_unit in ('mg/dL', 'mmol/L')
    and calcium is not null
    and albumin is not null
