{#-
    Draws into which the EDTA of another tube got: its potassium salt raises potassium and
    binds calcium, magnesium, and the metals that alkaline phosphatase works with.
    Potassium and calcium both beyond their critical limits are enough; less far off, one
    of the other two must be low as well. Where there is a draw before, the potassium must
    have jumped since: failing kidneys and dying tumours raise it by steps.
-#}
with

draw_findings as (

    select * from {{ ref('int_draw_findings') }}
    where pattern_code = 'edta'

),

counted as (

    select
        patient_key,
        collected_at,
        pattern_code,
        count(distinct case when role_code = 'gross' and is_met then analyte_code end)
            as gross_count,
        count(
            distinct case when role_code = 'required' and is_met then analyte_code end
        ) as required_count,
        count(
            distinct case when role_code = 'supporting' and is_met then analyte_code end
        ) as supporting_count,
        count(case when role_code = 'unexpected' and not is_met then 1 end)
            as expected_count
    from draw_findings
    group by patient_key, collected_at, pattern_code

)

select
    patient_key,
    collected_at,
    pattern_code
from counted
where
    expected_count = 0
    and (
        gross_count = 2
        or (required_count = 2 and supporting_count >= 1)
    )
