{#- What the reason for a prescription says about its label, read once each. -#}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        post_hook='{{ refresh_statistics() }}'
    )
}}

with

delivered as (

    select distinct
        reason_code,
        reason_name
    from {{ source('persons', 'prescriptions') }}
    {{ of_texts_not_read() }}

),

facts as (

    select distinct
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name
    from delivered

),

with_key as (

    select
        {{ label_key(['reason_code', 'reason_name'], 'facts.') }} as label_key,
        facts.*
    from facts

),

not_read as (

    select * from with_key
    {{ not_listed_yet('label_key') }}

)

select
    facts.label_key,
    0{{ labels_told(
        [('reason_code', none)], [('reason_code', 'reason_name')], []
    ) }} as sensitivity
from not_read as facts
{{ lists_of_labels([('reason_code', none)]) }}
