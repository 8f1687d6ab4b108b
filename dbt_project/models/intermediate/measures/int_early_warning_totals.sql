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
        {%- for name, value, points in [
            ('respiration', 'respiration', 'respiration_points'),
            ('saturation', 'saturation', 'saturation_points'),
            (
                'oxygen', "case when is_on_oxygen then 'yes' else 'no' end",
                'oxygen_points',
            ),
            ('systolic', 'systolic', 'systolic_points'),
            ('pulse', 'pulse', 'pulse_points'),
            ('consciousness', 'acvpu_code', 'consciousness_points'),
            ('temperature', 'temperature', 'temperature_points'),
        ] %}
        coalesce(
            ', {{ name }} ' || cast({{ value }} as {{ dbt.type_string() }})
            || ' (' || cast({{ points }} as {{ dbt.type_string() }}) || ')', ''
        ) ||
        {%- endfor %}
        coalesce(', without ' || missing_text, ''), 3
    ) as inputs_text,
    sensitivity,
    measured_at,
    known_from
from early_warning_scores
