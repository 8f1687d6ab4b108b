{#-
    How many results of the stay were abnormal, and how many critical. A result is judged
    as it stands now, so one that was corrected after discharge is left out: what it said
    then was never judged, and what it says now was not known.
-#}
with

stays as (

    select * from {{ ref('readmission_cohort') }}
    where is_predicted

),

versions as (

    {{ versions_with_source_knowledge('lab_results', 'versions.resulted_at') }}

),

newest as (

    select
        patient_key,
        {{ fact_key() }} as lab_result_key,
        max(source_knew_at) as source_knew_at
    from versions
    group by patient_key, source_system, record_id
    having count(*) = count(source_knew_at)

),

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

counted as (

    select
        stays.stay_key,
        stays.patient_key,
        stays.predicted_at,
        count(case
            when
                lab_results.displayed_flag not in ('NORMAL', 'INDETERMINATE')
                then 1
        end) as abnormal_results_count,
        count(case when lab_results.displayed_flag like 'CRITICAL%' then 1 end)
            as critical_results_count,
        max(newest.source_knew_at) as known_from
    from stays
    inner join lab_results
        on
            stays.patient_key = lab_results.patient_key
            and stays.predicted_at >= lab_results.collected_at
            and lab_results.collected_at
            >= stays.admitted_at - interval '{{ var("leading_visit_hours") }} hours'
    inner join newest
        on
            lab_results.patient_key = newest.patient_key
            and lab_results.lab_result_key = newest.lab_result_key
            and stays.predicted_at >= newest.source_knew_at
    group by stays.stay_key, stays.patient_key, stays.predicted_at

)

select
    stay_key,
    patient_key,
    'abnormal_results_count' as feature_name,
    cast(abnormal_results_count as {{ type_decimal() }}) as feature_value,
    known_from,
    predicted_at
from counted
union all
select
    stay_key,
    patient_key,
    'critical_results_count' as feature_name,
    cast(critical_results_count as {{ type_decimal() }}) as feature_value,
    known_from,
    predicted_at
from counted
