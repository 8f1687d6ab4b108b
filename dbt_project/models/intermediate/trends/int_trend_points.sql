{#-
    One number per time of collection. The same number twice is one measurement told
    twice; of two that differ nobody knows which is meant, and there is none.
-#}
with

trend_results as (

    select * from {{ ref('int_trend_results') }}

)

select
    patient_key,
    analyte_code,
    unit,
    material_code,
    collected_at,
    case
        when min(value_number) = max(value_number) then min(value_number)
    end as value_number,
    min(range_low) as range_low,
    min(range_high) as range_high,
    min(case when has_range then 1 else 0 end) = 1
    and count(range_low) in (0, count(*))
    and count(range_high) in (0, count(*))
    and coalesce(min(range_low) = max(range_low), true)
    and coalesce(min(range_high) = max(range_high), true) as has_range
from trend_results
group by patient_key, analyte_code, unit, material_code, collected_at
