{#- Totals of the early warning score as measures, with the parts they are of. -#}
with

early_warning_scores as (

    select * from {{ ref('fct_early_warning_scores') }}

)

select
    patient_key,
    fact_key,
    'news2' as measure_code,
    cast(total_points as {{ type_decimal() }}) as value_number,
    '{score}' as unit,
    band_code as class_name,
    cast(null as boolean) as is_lasting,
    not_computed_reason,
    substr(
        {{ news2_part('respiration', 'respiration') }}
        || {{ news2_part('saturation', 'saturation') }}
        || {{ news2_part('oxygen', "case when is_on_oxygen then 'yes' else 'no' end") }}
        || {{ news2_part('systolic', 'systolic') }}
        || {{ news2_part('pulse', 'pulse') }}
        || {{ news2_part('consciousness', 'acvpu_code') }}
        || {{ news2_part('temperature', 'temperature') }}
        || coalesce(', without ' || missing_text, ''),
        3
    ) as inputs_text,
    sensitivity,
    measured_at,
    known_from
from early_warning_scores
