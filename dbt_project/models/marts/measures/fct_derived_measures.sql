{#-
    What is computed from results, with what it was computed from: one rule a model, each
    with its source. A measure that cannot be computed says why.

    A filtration rate does not hold while the creatinine moves: one at a stage of acute
    injury says so.
-#}
{{
    config(
        indexes=[
            {'columns': ['derived_measure_key'], 'unique': true},
            {'columns': ['patient_key', 'measure_code', 'measured_at']},
        ]
    )
}}

with

derived_measures as (

    {%- for model, name, source in [
        ('int_filtration_rates', 'Filtration rate (eGFR)',
            'CKD-EPI 2021; KDIGO 2024'),
        ('int_acute_kidney_injuries', 'Acute kidney injury',
            'KDIGO 2012, creatinine'),
        ('int_albuminuria', 'Albuminuria', 'KDIGO 2024'),
        ('int_anion_gaps', 'Anion gap', 'Na - (Cl + HCO3); Figge 1998'),
        ('int_corrected_calciums', 'Calcium for an albumin of 4 g/dL', 'Payne 1973'),
        ('int_liver_fibrosis_scores', 'FIB-4', 'Sterling 2006; McPherson 2017'),
        ('int_hba1c_in_both_units', 'HbA1c in the other unit',
            'NGSP master equation'),
        ('int_mean_arterial_pressures', 'Mean arterial pressure', '(S + 2 D) / 3'),
        ('int_body_mass_indices', 'Body mass index', 'WHO TRS 894, 2000'),
        ('int_early_warning_totals', 'Early warning score (NEWS2)',
            'RCP 2017; saturation on scale 1'),
    ] %}
        {% if not loop.first %}union all{% endif %}
        select
            *,
            '{{ name }}' as measure_name,
            '{{ source }}' as rule_name
        from {{ ref(model) }}
        {{ only_touched_patients() }}
    {%- endfor %}

),

with_acute_injury as (

    select
        *,
        max(case when measure_code = 'aki_stage' then value_number end) over (
            partition by patient_key, fact_key
        ) as stage_of_acute_injury
    from derived_measures

)

select
    -- keys
    measure_code || '@' || fact_key as derived_measure_key,
    patient_key,

    -- what was computed
    measure_code,
    measure_name,
    value_number,
    unit,
    class_name,
    is_lasting,
    case
        when measure_code = 'egfr' and stage_of_acute_injury > 0
            then 'acute_kidney_injury'
    end as caution_code,
    not_computed_reason,

    -- from what, and how
    inputs_text,
    rule_name,
    sensitivity,

    -- times
    measured_at,
    known_from

from with_acute_injury
