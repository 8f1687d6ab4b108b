{#-
    Results that somebody acknowledged and that the patient no longer has: deleted by
    their source, or posted to the wrong patient and moved. Whoever acted on one must
    learn of it, so what it last said about itself is kept here; its value is not.
-#}
with

acknowledgements as (

    select * from {{ ref('stg_acknowledgements') }}

),

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

versions as (

    select * from {{ source('persons', 'lab_results') }}
    where not is_closed

),

local_test_codes as (

    select * from {{ ref('int_local_test_codes') }}

),

equivalent_loinc_codes as (

    select * from {{ ref('equivalent_loinc_codes') }}

),

acknowledged_results as (

    select distinct
        patient_key,
        lab_result_key
    from acknowledgements

),

gone as (

    select
        acknowledged_results.patient_key,
        acknowledged_results.lab_result_key
    from acknowledged_results
    left join lab_results
        on
            acknowledged_results.patient_key = lab_results.patient_key
            and acknowledged_results.lab_result_key = lab_results.lab_result_key
    where lab_results.lab_result_key is null

),

ranked as (

    select
        gone.patient_key,
        gone.lab_result_key,
        {{ fact_key('versions.encounter_id', 'versions.source_system') }}
            as encounter_key,
        {{ fact_key('versions.practitioner_id', 'versions.source_system') }}
            as practitioner_key,
        {{ clean_text('versions.test_code') }} as test_code,
        {{ clean_text('versions.code_system') }} as code_system,
        {{ clean_text('versions.test_name') }} as test_name,
        {{ clean_text('versions.specimen_name') }} as specimen_name,
        versions.collected_at,
        versions.resulted_at,
        versions.source_system,
        versions.delivery_id,
        versions.file_id,
        versions.line_number,
        versions.known_from,
        row_number() over (
            partition by gone.patient_key, gone.lab_result_key
            order by
                versions.version_at desc,
                versions.adapter_revision desc,
                versions.content_hash desc
        ) as version_rank
    from gone
    inner join versions
        on
            gone.patient_key = versions.patient_key
            and gone.lab_result_key
            = {{ fact_key('versions.record_id', 'versions.source_system') }}

),

with_loinc as (

    select
        ranked.*,
        local_test_codes.code_name,
        local_test_codes.specimen_name as listed_specimen_name,
        case
            when {{ is_loinc('ranked.code_system') }} then ranked.test_code
            else local_test_codes.loinc_code
        end as loinc_code
    from ranked
    left join local_test_codes
        on
            ranked.source_system = local_test_codes.source_system
            and ranked.code_system = local_test_codes.code_list
            and ranked.test_code = local_test_codes.local_code
    where ranked.version_rank = 1

),

coded as (

    select
        with_loinc.*,
        coalesce(with_loinc.test_name, with_loinc.code_name) as shown_test_name,
        coalesce(with_loinc.specimen_name, with_loinc.listed_specimen_name)
            as shown_specimen_name,
        {{ analyte_code(
            'equivalent_loinc_codes.analyte_code', 'with_loinc.loinc_code', 'with_loinc'
        ) }} as analyte_code,
        {{ digest_of(["'gone'", 'with_loinc.lab_result_key']) }} as reading_hash
    from with_loinc
    left join equivalent_loinc_codes
        on with_loinc.loinc_code = equivalent_loinc_codes.loinc_code

),

labelled as (

    {{ labelled(
        'coded', 'lab_results', 'lab_result_key',
        codes=[('loinc_code', "'LOINC'"), ('test_code', 'code_system')],
        names=[('loinc_code', 'shown_test_name')]
    ) }}

)

select * from labelled
