{#-
    Draws diluted by the fluid of an infusion: most of what no infusion holds fell by a
    fifth or more against the draw before, all at once, while glucose, sodium or chloride
    rose. The share of analytes and the fall are those of Rios Campillo 2023; that one of
    the three must rise, and how many must be compared, are our own, since a bleeding or a
    great infusion dilutes the patient and not the specimen. So is that the share must have
    fallen also of what dialysis leaves in the blood: else it is found after each one.
-#}
with

draw_findings as (

    select * from {{ ref('int_draw_findings') }}
    where pattern_code = 'dilution'

),

counted as (

    select
        patient_key,
        collected_at,
        pattern_code,
        count(distinct case when role_code like 'falls%' then analyte_code end)
            as compared_count,
        count(
            distinct case when role_code like 'falls%' and is_met then analyte_code end
        ) as fallen_count,
        count(distinct case when role_code = 'falls' then analyte_code end)
            as undialysed_count,
        count(distinct case when role_code = 'falls' and is_met then analyte_code end)
            as fallen_undialysed_count,
        count(distinct case when role_code = 'rises' and is_met then analyte_code end)
            as risen_count
    from draw_findings
    group by patient_key, collected_at, pattern_code

)

select
    patient_key,
    collected_at,
    pattern_code
from counted
where
    compared_count >= {{ var('dilution_minimum_compared') }}
    and fallen_count >= {{ var('dilution_share') }} * compared_count
    and undialysed_count >= 1
    and fallen_undialysed_count >= {{ var('dilution_share') }} * undialysed_count
    and risen_count >= 1
