{#- Mean arterial pressure of the two pressures of one measurement, in mmHg. -#}
with

pressures as (

    select * from {{ ref('fct_vital_signs') }}
    where
        loinc_code in ('8480-6', '8462-4')
        and standard_number is not null
        and measured_at is not null

),

measured_together as (

    select
        patient_key,
        measured_at,
        {{ only_one("loinc_code = '8480-6'", 'standard_number') }} as systolic,
        {{ only_one("loinc_code = '8462-4'", 'standard_number') }} as diastolic,
        min(case when loinc_code = '8480-6' then vital_sign_key end) as fact_key,
        bit_or(sensitivity) as sensitivity,
        max(known_from) as known_from
    from pressures
    group by patient_key, measured_at, coalesce(position_name, '')

)

select
    patient_key,
    fact_key,
    'mean_arterial_pressure' as measure_code,
    round({{ mean_arterial_pressure('systolic', 'diastolic') }}) as value_number,
    'mm[Hg]' as unit,
    case
        when {{ mean_arterial_pressure('systolic', 'diastolic') }} < 65
            then 'below 65'
    end as class_name,
    cast(null as boolean) as is_lasting,
    cast(null as {{ dbt.type_string() }}) as not_computed_reason,
    cast(systolic as {{ dbt.type_string() }}) || '/'
    || cast(diastolic as {{ dbt.type_string() }}) || ' mmHg' as inputs_text,
    sensitivity,
    measured_at,
    known_from
from measured_together
where systolic is not null and diastolic is not null
