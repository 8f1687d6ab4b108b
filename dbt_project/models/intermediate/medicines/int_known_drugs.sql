{#-
    What is known by code and by name, in one list: a key, and the ingredients behind it.
    The key is a code with its system (`RxNorm:860975`, `NDC:…`, `GSN:…`) or a name
    (`name:glucophage`). An ingredient's own RxNorm code is a key as well.
-#}
with

drug_codes as (

    select * from {{ ref('drug_codes') }}

),

drug_names as (

    select * from {{ ref('drug_names') }}

),

ingredients as (

    select * from {{ ref('ingredients') }}

),

main_classes as (

    select
        ingredient_name,
        atc_code
    from {{ ref('ingredient_classes') }}
    where is_main

),

ingredients_by_own_code as (

    select
        ingredients.ingredient_name,
        ingredients.rxcui
    from ingredients
    left join drug_codes
        on
            drug_codes.code_system = 'RxNorm'
            and ingredients.rxcui = drug_codes.code
    where
        ingredients.rxcui is not null
        and drug_codes.code is null

),

keyed as (

    select
        code_system || ':' || code as drug_key,
        ingredient_name,
        'medicine' as drug_kind_code,
        strength_value,
        strength_unit,
        dose_form_code
    from drug_codes

    union all

    select
        'RxNorm:' || rxcui as drug_key,
        ingredient_name,
        'medicine' as drug_kind_code,
        cast(null as {{ type_decimal() }}) as strength_value,
        cast(null as {{ dbt.type_string() }}) as strength_unit,
        cast(null as {{ dbt.type_string() }}) as dose_form_code
    from ingredients_by_own_code

    union all

    select
        'name:' || drug_name as drug_key,
        ingredient_name,
        drug_kind_code,
        cast(null as {{ type_decimal() }}) as strength_value,
        cast(null as {{ dbt.type_string() }}) as strength_unit,
        cast(null as {{ dbt.type_string() }}) as dose_form_code
    from drug_names

)

select
    keyed.drug_key,
    keyed.ingredient_name,
    ingredients.rxcui as ingredient_rxcui,
    main_classes.atc_code,
    keyed.drug_kind_code,
    keyed.strength_value,
    keyed.strength_unit,
    keyed.dose_form_code
from keyed
left join ingredients
    on keyed.ingredient_name = ingredients.ingredient_name
left join main_classes
    on keyed.ingredient_name = main_classes.ingredient_name
