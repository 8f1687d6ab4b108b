{#-
    Anion gap of one draw: sodium less chloride and bicarbonate, in mmol/L; beside it the
    gap for an albumin of 4 g/dL (Figge, Crit Care Med 1998;26:1807). Only of values in
    mmol/L, each measured once in the draw: of two nobody knows which goes with which.
-#}
with

blood_numbers as (

    select * from {{ ref('int_blood_numbers') }}
    where analyte_code in ('2951-2', '2075-0', '2028-9', '1963-8', '1751-7')

),

drawn_together as (

    select
        patient_key,
        collected_at,
        {{ only_one("analyte_code = '2951-2' and unit = 'mmol/L'", 'value_number') }}
            as sodium,
        {{ only_one("analyte_code = '2075-0' and unit = 'mmol/L'", 'value_number') }}
            as chloride,
        {{ only_one(
            "analyte_code in ('2028-9', '1963-8') and unit = 'mmol/L'", 'value_number'
        ) }} as bicarbonate,
        {{ only_one(
            "analyte_code = '1751-7'", albumin_g_dl('value_number', 'unit')
        ) }} as albumin,
        min(case when analyte_code = '2951-2' then lab_result_key end) as fact_key,
        bit_or(sensitivity) as sensitivity,
        max(known_from) as known_from
    from blood_numbers
    group by patient_key, collected_at

)

select
    patient_key,
    fact_key,
    'anion_gap' as measure_code,
    {{ anion_gap('sodium', 'chloride', 'bicarbonate') }} as value_number,
    'mmol/L' as unit,
    case
        when albumin is not null
            then
                'for an albumin of 4 g/dL: '
                || cast(
                    round(
                        {{ anion_gap_for_albumin(
                            'sodium', 'chloride', 'bicarbonate', 'albumin'
                        ) }}, 1
                    ) as {{ dbt.type_string() }}
                )
    end as class_name,
    cast(null as boolean) as is_lasting,
    cast(null as {{ dbt.type_string() }}) as not_computed_reason,
    'Sodium ' || cast(sodium as {{ dbt.type_string() }})
    || ', chloride ' || cast(chloride as {{ dbt.type_string() }})
    || ', bicarbonate ' || cast(bicarbonate as {{ dbt.type_string() }}) || ' mmol/L'
    || coalesce(
        ', albumin ' || cast(round(albumin, 2) as {{ dbt.type_string() }}) || ' g/dL',
        ''
    ) as inputs_text,
    sensitivity,
    collected_at as measured_at,
    known_from
from drawn_together
where sodium is not null and chloride is not null and bicarbonate is not null
