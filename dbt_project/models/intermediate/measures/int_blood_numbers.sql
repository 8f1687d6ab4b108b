{#-
    What derived measures are computed from: usable plain numbers of blood. A number with
    a comparator is an interval, and a preliminary result may still change.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

)

select
    patient_key,
    lab_result_key,
    analyte_code,
    value_number,
    comparable_unit as unit,
    collected_at,
    sensitivity,
    known_from
from lab_results
where
    is_usable
    and value_number is not null
    and collected_at is not null
    and not {{ is_not_blood('specimen_name') }}
