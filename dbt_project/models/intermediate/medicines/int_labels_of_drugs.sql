{#- What code and name of a medicine say about the label of its facts, read once. -#}
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook='{{ emptied_before() }}',
        post_hook='{{ refresh_statistics() }}'
    )
}}

with

facts as (

    select distinct
        drug_code,
        code_system,
        drug_name
    from {{ ref('int_drugs_as_delivered') }}

)

select
    {{ label_key(drug_label_columns(), 'facts.') }} as label_key,
    0{{ labels_told([('drug_code', 'code_system')], [], ['drug_name']) }} as sensitivity
from facts
{{ lists_of_labels([('drug_code', 'code_system')]) }}
