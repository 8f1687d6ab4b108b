{#-
    What a laboratory of microbiology says, version by version: cultures, organisms and
    what kills them. Sources have no common mark for it. A result is taken for one if it
    names an organism or an antibiotic, if the source's own list or group says so, or if
    its name is of a culture or a Gram stain; and so is each that shares its specimen with
    such a one. It is not less a result of the laboratory for standing here, too.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'lab_result_key', 'version_number'],
                'unique': true,
            },
        ]
    )
}}

with

versions as (

    select
        *,
        coalesce(
            {{ fact_key('specimen_id') }},
            {{ fact_key('order_id') }},
            lab_result_key
        ) as culture_key,
        organism_name is not null
        or antibiotic_name is not null
        or lower(code_system) like '%microbiology%'
        or lower(category_name) like '%microbiology%'
        or lower(test_name) like '%culture%'
        or lower(test_name) like '%gram stain%' as is_named_so
    from {{ ref('fct_lab_result_versions') }}
    {{ only_touched_patients() }}

),

interpretation_codes as (

    select * from {{ ref('interpretation_codes') }}

),

told as (

    select
        *,
        max(case when is_named_so then 1 else 0 end) over (
            partition by patient_key, culture_key
        ) as is_of_culture,
        max(case when is_named_so then 1 else 0 end) over (
            partition by patient_key, lab_result_key
        ) as is_of_result
    from versions

)

select
    -- keys
    told.lab_result_key,
    told.patient_key,
    told.encounter_key,
    told.practitioner_key,
    told.culture_key,

    -- which version
    told.version_number,
    told.is_current,
    told.is_closed or told.is_closing as is_withdrawn,

    -- what was examined, and what grew
    told.test_name,
    told.specimen_name,
    told.organism_name,
    told.isolate_number,
    told.antibiotic_name,
    told.susceptibility_code,
    interpretation_codes.interpretation_name as susceptibility_name,
    told.value_text,
    told.unit,
    told.laboratory_flag,
    told.displayed_flag,
    told.result_status_code,
    told.comment_text,

    -- labels
    told.sensitivity,

    -- times
    told.collected_at,
    told.resulted_at,

    -- provenance
    told.source_system,
    told.known_from,
    told.delivery_id,
    told.file_id,
    told.line_number

from told
left join interpretation_codes
    on told.susceptibility_code = interpretation_codes.interpretation_code
where told.is_of_culture = 1 or told.is_of_result = 1
