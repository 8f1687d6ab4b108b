{#- Which ingredients are of one therapeutic class: by any of their ATC codes. -#}
with

ingredient_classes as (

    select
        ingredient_name,
        atc_code
    from {{ ref('ingredient_classes') }}

),

therapeutic_classes as (

    select * from {{ ref('therapeutic_classes') }}

)

select distinct
    ingredient_classes.ingredient_name,
    therapeutic_classes.class_name
from ingredient_classes
inner join therapeutic_classes
    on
        substr(
            ingredient_classes.atc_code, 1, length(therapeutic_classes.atc_prefix)
        ) = therapeutic_classes.atc_prefix
