{#- The latest result of an analyte that says anything, judged or not. -#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

ranked as (

    select
        *,
        {{ read_value() }} as latest_value_text,
        row_number() over (
            partition by patient_key, analyte_code
            order by
                case
                    when
                        not is_withdrawn
                        and value_kind not in ('missing', 'not_performed')
                        then 0
                    else 1
                end,
                collected_at desc,
                coalesce(resulted_at, collected_at) desc,
                lab_result_key desc
        ) as place_from_last
    from lab_results
    where antibiotic_name is null

)

select
    patient_key,
    analyte_code,
    latest_value_text,
    coalesce(unit_ucum, unit) as latest_unit,
    displayed_flag as latest_flag,
    collected_at as latest_collected_at,
    sensitivity
from ranked
where
    place_from_last = 1
    and not is_withdrawn
    and value_kind not in ('missing', 'not_performed')
