{#-
    Which ingredients a medicine holds, by its code or its name: what a page asks of a
    medicine that is about to be ordered.
-#}
{{ config(materialized='table') }}

with

known_drugs as (

    select * from {{ ref('int_known_drugs') }}
    where
        drug_kind_code = 'medicine'
        and ingredient_name is not null

)

select distinct
    drug_key,
    ingredient_name
from known_drugs
