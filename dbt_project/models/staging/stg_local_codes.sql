with

current_versions as (

    {{ current_versions('local_codes', has_patient=false) }}

),

typed as (

    select
        -- keys
        {{ fact_key() }} as local_code_key,

        -- codes and text
        {{ clean_text('code_list') }} as code_list,
        {{ clean_text('local_code') }} as local_code,
        {{ clean_text('code_name') }} as code_name,
        {{ clean_text('loinc_code') }} as loinc_code,
        {{ clean_text('rxnorm_code') }} as rxnorm_code,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('specimen_name') }} as specimen_name,
        {{ clean_text('category_name') }} as category_name,

        -- provenance
        source_system,
        record_id,
        version_at,
        known_from,
        delivery_id,
        file_id,
        line_number

    from current_versions

)

select * from typed
