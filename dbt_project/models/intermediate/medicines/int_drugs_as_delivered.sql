{#-
    Every medicine as sources name it, once for all rows that name it alike: of ten million
    prescriptions some thousands differ, and what is read from a name takes longer than any
    join. Of all versions, as superseded ones are judged as well. What is
    given on a ward is not among them: each dose would have all of it built again.
-#}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        post_hook='{{ refresh_statistics() }}'
    )
}}

with

-- Distinct as delivered first: the blanks are then taken off some thousands of rows.
distinct_of_prescriptions as (

    select distinct
        source_system,
        drug_code,
        code_system,
        drug_name,
        ndc_code,
        gsn_code,
        drug_type_code,
        strength_text
    from {{ source('persons', 'prescriptions') }}
    {{ of_texts_not_read() }}

),

distinct_of_dispenses as (

    select distinct
        source_system,
        drug_code,
        code_system,
        drug_name
    from {{ source('persons', 'dispenses') }}
    {{ of_texts_not_read() }}

),

delivered as (

    select
        source_system,
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        {{ clean_text('ndc_code') }} as ndc_code,
        {{ clean_text('gsn_code') }} as gsn_code,
        {{ clean_text('drug_type_code') }} as drug_type_code,
        {{ clean_text('strength_text') }} as strength_text
    from distinct_of_prescriptions

    union distinct

    select
        source_system,
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        cast(null as {{ dbt.type_string() }}) as ndc_code,
        cast(null as {{ dbt.type_string() }}) as gsn_code,
        cast(null as {{ dbt.type_string() }}) as drug_type_code,
        cast(null as {{ dbt.type_string() }}) as strength_text
    from distinct_of_dispenses

),

with_key as (

    select
        {{ delivered_drug_key(
            'ndc_code', 'gsn_code', 'drug_type_code', 'strength_text'
        ) }} as delivered_drug_key,
        delivered.*
    from delivered

)

select
    delivered_drug_key,
    source_system,
    drug_code,
    code_system,
    drug_name,
    ndc_code,
    gsn_code,
    drug_type_code,
    strength_text
from with_key
{{ not_listed_yet('delivered_drug_key') }}
