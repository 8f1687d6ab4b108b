with

findings as (

    select * from {{ ref('fct_abnormal_findings') }}

)

select
    patient_key,
    'abnormal_finding' as event_type_code,
    lab_result_key as reference_key,
    encounter_key,
    coalesce(test_name, loinc_code, analyte_code) as title,
    coalesce(
        finding_flag || ': ' || coalesce(comparator, '')
        || cast(number_or_bound as {{ dbt.type_string() }})
        || coalesce(' ' || unit, ''),
        finding_flag
    ) as detail,
    collected_at as event_at,
    sensitivity,
    source_system,
    known_from
from findings
where is_abnormal
