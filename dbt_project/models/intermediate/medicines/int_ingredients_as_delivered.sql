{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook='{{ emptied_before() }}',
        post_hook='{{ refresh_statistics() }}'
    )
}}

with

drugs as (

    select * from {{ ref('int_drugs_as_delivered') }}

),

{{ drug_ingredients('drugs') }}

select * from by_ingredient
