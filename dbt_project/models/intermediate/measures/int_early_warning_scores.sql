{#-
    National Early Warning Score 2 (Royal College of Physicians 2017, chart 1) of one set
    of observations: what was measured at one patient at one moment, if that is at least
    respiration, saturation, systolic pressure, pulse and temperature.

    A total needs all seven parameters, each with one value: a missing one is no zero, and
    of two that differ nobody knows which is meant. From 16 years on. Saturation is on
    scale 1: scale 2 is for whom a clinician has ordered it, and nothing records that.
-#}
with

vital_signs as (

    select * from {{ ref('fct_vital_signs') }}
    where
        vital_sign_name in (
            'Respiratory rate', 'Oxygen saturation', 'Systolic blood pressure',
            'Heart rate', 'Body temperature', 'Inhaled oxygen flow rate',
            'Inhaled oxygen concentration', 'Level of consciousness'
        )
        and measured_at is not null

),

consciousness_words as (

    select * from {{ ref('consciousness_words') }}

),

patients as (

    select * from {{ ref('int_patients_for_ranges') }}

),

observations as (

    select
        vital_signs.*,
        -- Air is 21 % of oxygen, and no flow.
        case
            when vital_signs.vital_sign_name = 'Inhaled oxygen flow rate'
                then case when vital_signs.standard_number > 0 then 1 else 0 end
            when vital_signs.vital_sign_name = 'Inhaled oxygen concentration'
                then case when vital_signs.standard_number > 21 then 1 else 0 end
        end as oxygen,
        case
            when vital_signs.vital_sign_name = 'Level of consciousness'
                then coalesce(consciousness_words.acvpu_code, 'unknown word')
        end as acvpu_code
    from vital_signs
    left join consciousness_words
        on lower(vital_signs.value_text) = consciousness_words.delivered_words

),

measured_together as (

    select
        patient_key,
        measured_at,
        -- The chart has whole numbers, and one decimal of temperature.
        round({{ only_one("vital_sign_name = 'Respiratory rate'", 'standard_number') }})
            as respiration,
        round({{ only_one(
            "vital_sign_name = 'Oxygen saturation'", 'standard_number'
        ) }}) as saturation,
        {{ only_one('standard_number is not null', 'oxygen') }} as oxygen,
        round({{ only_one(
            "vital_sign_name = 'Systolic blood pressure'", 'standard_number'
        ) }}) as systolic,
        round({{ only_one("vital_sign_name = 'Heart rate'", 'standard_number') }})
            as pulse,
        nullif({{ only_one('acvpu_code is not null', 'acvpu_code') }}, 'unknown word')
            as acvpu_code,
        round(
            {{ only_one("vital_sign_name = 'Body temperature'", 'standard_number') }}, 1
        ) as temperature,
        min(case when vital_sign_name = 'Respiratory rate' then vital_sign_key end)
            as fact_key,
        bit_or(sensitivity) as sensitivity,
        max(known_from) as known_from
    from observations
    group by patient_key, measured_at
    having
        count(distinct case
            when
                vital_sign_name in (
                    'Respiratory rate', 'Oxygen saturation', 'Systolic blood pressure',
                    'Heart rate', 'Body temperature'
                )
                then vital_sign_name
        end) = 5

),

with_age as (

    select
        measured_together.*,
        {{ age_on('patients', local_date('measured_together.measured_at')) }}
            as age_years
    from measured_together
    left join patients
        on measured_together.patient_key = patients.patient_key

),

with_points as (

    select
        *,
        {%- for part, points in [
            ('respiration', news2_of_respiration('respiration')),
            ('saturation', news2_of_saturation('saturation', 1, 'oxygen = 1')),
            ('oxygen', news2_of_oxygen('oxygen = 1')),
            ('systolic', news2_of_systolic('systolic')),
            ('pulse', news2_of_pulse('pulse')),
            ('consciousness', news2_of_consciousness('acvpu_code')),
            ('temperature', news2_of_temperature('temperature')),
        ] %}
            case when age_years >= 16 then {{ points }} end as {{ part }}_points
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from with_age

),

with_total as (

    select
        *,
        respiration_points + saturation_points + oxygen_points + systolic_points
        + pulse_points + consciousness_points + temperature_points as total_points,
        greatest(
            respiration_points, saturation_points, oxygen_points, systolic_points,
            pulse_points, consciousness_points, temperature_points
        ) as highest_points,
        case when respiration is null then ', respiration' else '' end
        || case when saturation is null then ', saturation' else '' end
        || case when oxygen is null then ', air or oxygen' else '' end
        || case when systolic is null then ', systolic pressure' else '' end
        || case when pulse is null then ', pulse' else '' end
        || case when acvpu_code is null then ', consciousness' else '' end
        || case when temperature is null then ', temperature' else '' end
            as missing_parts
    from with_points

)

select
    patient_key,
    fact_key,
    total_points,
    {{ news2_band('total_points', 'highest_points') }} as band_code,
    case
        when total_points is not null then null
        when age_years is null then 'age_unknown'
        when age_years < 16 then 'too_young'
        else 'parameter_missing'
    end as not_computed_reason,
    nullif(substr(missing_parts, 3), '') as missing_text,
    1 as saturation_scale,
    respiration,
    respiration_points,
    saturation,
    saturation_points,
    oxygen = 1 as is_on_oxygen,
    oxygen_points,
    systolic,
    systolic_points,
    pulse,
    pulse_points,
    acvpu_code,
    consciousness_points,
    temperature,
    temperature_points,
    sensitivity,
    measured_at,
    known_from
from with_total
