{#- What the reason for a prescription says about its label, read once each. -#}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook='{{ emptied_before() }}',
        post_hook='{{ refresh_statistics() }}'
    )
}}

with

delivered as (

    select distinct
        reason_code,
        reason_name
    from {{ source('persons', 'prescriptions') }}

),

facts as (

    select distinct
        {{ clean_text('reason_code') }} as reason_code,
        {{ clean_text('reason_name') }} as reason_name
    from delivered

)

select
    {{ label_key(['reason_code', 'reason_name'], 'facts.') }} as label_key,
    0{{ labels_told(
        [('reason_code', none)], [('reason_code', 'reason_name')], []
    ) }} as sensitivity
from facts
{{ lists_of_labels([('reason_code', none)]) }}
