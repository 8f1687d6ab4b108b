{#-
    Early warning scores with the points of each part. What is in no score, and why, stands
    here too: a patient without a total is not one who is well.
-#}
{{
    config(
        indexes=[
            {'columns': ['early_warning_score_key'], 'unique': true},
            {'columns': ['patient_key', 'measured_at']},
        ]
    )
}}

with

early_warning_scores as (

    select * from {{ ref('int_early_warning_scores') }}
    {{ only_touched_patients() }}

)

select
    -- keys
    'news2@' || fact_key as early_warning_score_key,
    patient_key,
    fact_key,

    -- the score
    total_points,
    band_code,
    not_computed_reason,
    missing_text,
    saturation_scale,

    -- its parts
    respiration,
    respiration_points,
    saturation,
    saturation_points,
    is_on_oxygen,
    oxygen_points,
    systolic,
    systolic_points,
    pulse,
    pulse_points,
    acvpu_code,
    consciousness_points,
    temperature,
    temperature_points,

    -- labels
    sensitivity,

    -- times
    measured_at,
    known_from

from early_warning_scores
