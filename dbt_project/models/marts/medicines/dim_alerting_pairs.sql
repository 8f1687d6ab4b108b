{#-
    Pairs of ingredients that give an alert, in one list: those that int_interaction_rules
    speaks of, and two of one therapeutic class. What a page asks before a medicine is
    ordered; what is taken already stands in fct_medication_alerts.
-#}
{{ config(materialized='table') }}

with

rules as (

    select * from {{ ref('int_interaction_rules') }}

),

classes as (

    select * from {{ ref('int_therapeutic_classes_of_ingredients') }}

),

pairs as (

    select
        alert_kind_code,
        ingredient_a,
        ingredient_b,
        severity_code,
        cast(null as {{ dbt.type_string() }}) as class_name,
        mechanism_name,
        effect_name,
        source_name
    from rules

    union all

    select
        'duplication' as alert_kind_code,
        first_of_two.ingredient_name as ingredient_a,
        second_of_two.ingredient_name as ingredient_b,
        'moderate' as severity_code,
        first_of_two.class_name,
        cast(null as {{ dbt.type_string() }}) as mechanism_name,
        'two medicines of one class' as effect_name,
        'therapeutic_classes' as source_name
    from classes as first_of_two
    inner join classes as second_of_two
        on
            first_of_two.class_name = second_of_two.class_name
            and first_of_two.ingredient_name < second_of_two.ingredient_name

)

select
    -- the pair
    alert_kind_code,
    ingredient_a as first_ingredient_name,
    ingredient_b as second_ingredient_name,

    -- what is said of it
    severity_code,
    class_name,
    mechanism_name,
    effect_name,
    source_name

from pairs
