{{
    config(
        indexes=[
            {'columns': ['patient_key', 'lab_result_key'], 'unique': true},
            {'columns': ['patient_key', 'collected_at']},
        ]
    )
}}

with

findings as (

    select * from {{ ref('int_lab_findings_by_novelty') }}
    {{ only_touched_patients() }}

),

gone as (

    select * from {{ ref('int_acknowledged_results_gone') }}
    {{ only_touched_patients() }}

),

acknowledged_results as (

    select * from {{ ref('int_acknowledged_results') }}
    {{ only_touched_patients() }}

),

of_results as (

    select
        lab_result_key,
        patient_key,
        encounter_key,
        practitioner_key,
        analyte_code,
        loinc_code,
        test_name,
        specimen_name,
        reading_hash,
        value_text,
        comparator,
        coalesce(value_number, comparator_number) as number_or_bound,
        coalesce(unit_ucum, unit) as unit,
        displayed_flag as finding_flag,
        is_abnormal,
        is_critical,
        displayed_flag_source as flag_source,
        laboratory_flag,
        result_status_code,
        case displayed_flag_source
            when 'delivered_range' then 'delivered with the result'
            when 'site_range' then default_range_name
            when 'default_range' then default_range_name
        end as range_name,
        case displayed_flag_source
            when 'delivered_range' then reference_low
            when 'site_range' then default_low
            when 'default_range' then default_low
        end as range_low,
        case displayed_flag_source
            when 'delivered_range' then reference_high
            when 'site_range' then default_high
            when 'default_range' then default_high
        end as range_high,
        novelty_code,
        urgency_rank,
        is_on_worklist,
        previous_value_text,
        previous_unit,
        previous_flag,
        previous_collected_at,
        is_acknowledged,
        acknowledged_at,
        acknowledged_by_name,
        sensitivity_of_analyte as sensitivity,
        collected_at,
        resulted_at,
        source_system,
        delivery_id,
        file_id,
        line_number,
        known_from
    from findings

),

of_results_gone as (

    select
        gone.lab_result_key,
        gone.patient_key,
        gone.encounter_key,
        gone.practitioner_key,
        gone.analyte_code,
        gone.loinc_code,
        gone.shown_test_name as test_name,
        gone.shown_specimen_name as specimen_name,
        gone.reading_hash,
        cast(null as {{ dbt.type_string() }}) as value_text,
        cast(null as {{ dbt.type_string() }}) as comparator,
        cast(null as {{ type_decimal() }}) as number_or_bound,
        cast(null as {{ dbt.type_string() }}) as unit,
        'INDETERMINATE' as finding_flag,
        false as is_abnormal,
        false as is_critical,
        cast(null as {{ dbt.type_string() }}) as flag_source,
        cast(null as {{ dbt.type_string() }}) as laboratory_flag,
        'entered-in-error' as result_status_code,
        cast(null as {{ dbt.type_string() }}) as range_name,
        cast(null as {{ type_decimal() }}) as range_low,
        cast(null as {{ type_decimal() }}) as range_high,
        'withdrawn_after_acknowledgement' as novelty_code,
        2 as urgency_rank,
        true as is_on_worklist,
        cast(null as {{ dbt.type_string() }}) as previous_value_text,
        cast(null as {{ dbt.type_string() }}) as previous_unit,
        cast(null as {{ dbt.type_string() }}) as previous_flag,
        cast(null as {{ dbt.type_timestamp() }}) as previous_collected_at,
        false as is_acknowledged,
        acknowledged_results.acknowledged_at,
        acknowledged_results.acknowledged_by_name,
        gone.sensitivity,
        gone.collected_at,
        gone.resulted_at,
        gone.source_system,
        gone.delivery_id,
        gone.file_id,
        gone.line_number,
        gone.known_from
    from gone
    inner join acknowledged_results
        on
            gone.patient_key = acknowledged_results.patient_key
            and gone.lab_result_key = acknowledged_results.lab_result_key
    where not acknowledged_results.is_acknowledged

)

select * from of_results
union all
select * from of_results_gone
