{{
    config(
        indexes=[
            {'columns': ['patient_key', 'analyte_code'], 'unique': true},
            {'columns': ['urgency_rank', 'collected_at']},
            {'columns': ['practitioner_key']},
        ]
    )
}}

with

findings as (

    select * from {{ ref('fct_abnormal_findings') }}
    {{ only_touched_patients() }}

),

latest_results as (

    select * from {{ ref('int_lab_results_latest') }}
    {{ only_touched_patients() }}

),

first_known as (

    select * from {{ ref('int_lab_results_first_known') }}
    {{ only_touched_patients() }}

),

patients as (

    select * from {{ ref('dim_patients') }}
    {{ only_touched_patients() }}

),

open_findings as (

    select
        findings.*,
        greatest(
            findings.collected_at,
            coalesce(findings.resulted_at, findings.collected_at),
            coalesce(first_known.first_known_at, findings.collected_at)
        ) as open_since,
        findings.novelty_code in (
            'corrected_after_acknowledgement', 'withdrawn_after_acknowledgement'
        ) as is_changed
    from findings
    left join first_known
        on
            findings.patient_key = first_known.patient_key
            and findings.lab_result_key = first_known.lab_result_key
    where findings.is_on_worklist

),

ranked as (

    select
        *,
        count(*) over of_analyte as open_findings_count,
        max(open_since) over of_analyte as newest_open_at,
        bit_or(sensitivity) over of_analyte as sensitivity_of_findings,
        count(case when is_changed then 1 end) over of_analyte > 0
            as is_changed_after_acknowledgement,
        row_number() over (
            partition by patient_key, analyte_code
            order by
                urgency_rank asc,
                collected_at desc,
                coalesce(resulted_at, collected_at) desc,
                lab_result_key desc
        ) as place
    from open_findings
    window of_analyte as (partition by patient_key, analyte_code)

)

select
    -- keys
    ranked.patient_key,
    ranked.analyte_code,
    ranked.lab_result_key,
    ranked.reading_hash,
    ranked.encounter_key,
    ranked.practitioner_key,

    -- what to act on
    ranked.urgency_rank,
    ranked.novelty_code,
    ranked.open_findings_count,
    ranked.newest_open_at,
    ranked.is_changed_after_acknowledgement,
    ranked.test_name,
    ranked.specimen_name,

    -- the finding
    ranked.value_text,
    ranked.comparator,
    ranked.number_or_bound,
    ranked.unit,
    ranked.finding_flag,
    ranked.flag_source,
    ranked.range_name,
    ranked.range_low,
    ranked.range_high,
    ranked.result_status_code,

    -- before it
    ranked.previous_value_text,
    ranked.previous_unit,
    ranked.previous_flag,
    ranked.previous_collected_at,

    -- the latest of the analyte
    latest_results.latest_value_text,
    latest_results.latest_unit,
    latest_results.latest_flag,
    latest_results.latest_collected_at,

    -- the patient
    coalesce(patients.is_deceased, false) as is_deceased,

    -- labels
    ranked.sensitivity_of_findings
    | coalesce(latest_results.sensitivity, 0) as sensitivity,

    -- times
    ranked.collected_at,
    ranked.resulted_at,

    -- provenance
    ranked.source_system,
    ranked.delivery_id,
    ranked.file_id,
    ranked.line_number,
    ranked.known_from

from ranked
left join latest_results
    on
        ranked.patient_key = latest_results.patient_key
        and ranked.analyte_code = latest_results.analyte_code
left join patients
    on ranked.patient_key = patients.patient_key
where ranked.place = 1
