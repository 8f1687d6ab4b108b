with

facts as (

    select
        *,
        {{ delivered_drug_key() }} as delivered_drug_key
    from {{ ref('fct_dispenses') }}

),

ingredients as (

    select * from {{ ref('int_ingredients_as_delivered') }}

)

select
    facts.*,
    ingredients.ingredient_name,
    ingredients.ingredient_rxcui,
    ingredients.atc_code,
    coalesce(ingredients.mapping_method, 'unmapped') as mapping_method,
    coalesce(ingredients.drug_kind_code, 'unknown') as drug_kind_code,
    ingredients.strength_value,
    ingredients.strength_unit,
    ingredients.dose_form_code
from facts
left join ingredients
    on facts.delivered_drug_key = ingredients.delivered_drug_key
