{#-
    Everything that was ever said about a result, in the order in which versions
    supersede each other. "As known on D" is the last of a result's versions with
    `known_from` up to D; it is nothing if that version closes the result.
-#}
with

lab_results as (

    select * from {{ source('persons', 'lab_results') }}

),

versions as (

    select
        -- keys
        {{ fact_key() }} as lab_result_key,
        patient_key,
        {{ fact_key('encounter_id') }} as encounter_key,
        row_number() over (
            partition by source_system, record_id
            order by
                version_at asc, adapter_revision asc, is_closed desc, content_hash asc
        ) as version_number,
        count(*) over (partition by source_system, record_id) as version_count,

        -- what was said
        {{ clean_text('test_code') }} as test_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('value_text') }} as value_text,
        value_number,
        {{ clean_text('unit') }} as unit,
        reference_low,
        reference_high,
        {{ clean_text('laboratory_flag') }} as laboratory_flag,
        {{ clean_text('status_code') }} as status_code,
        is_closed,

        -- times
        collected_at,
        resulted_at,
        version_at,

        -- provenance
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number

    from lab_results

)

select
    *,
    version_number = version_count as is_newest
from versions
