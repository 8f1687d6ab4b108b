{#-
    Active allergies with each ingredient and each group that their text names, word by
    word. An ingredient also stands for the groups that it is in. What is not found names
    nothing, and gives no alert: the list of allergies shows it all the same.
-#}
with

allergies as (

    select
        *,
        {{ words_apart('substance_name') }} as substance_words
    from {{ ref('fct_allergies') }}
    where is_active

),

substances as (

    select distinct substance_words from allergies

),

ingredients as (

    select ingredient_name from {{ ref('ingredients') }}

),

allergy_groups as (

    select * from {{ ref('allergy_groups') }}

),

group_words as (

    select * from {{ ref('allergy_group_words') }}

),

by_ingredient as (

    select
        substances.substance_words,
        ingredients.ingredient_name
    from substances
    inner join ingredients
        on
            position(
                {{ words_apart('ingredients.ingredient_name') }}
                in substances.substance_words
            ) > 0

),

by_group as (

    select
        by_ingredient.substance_words,
        allergy_groups.group_name
    from by_ingredient
    inner join allergy_groups
        on by_ingredient.ingredient_name = allergy_groups.ingredient_name

    union distinct

    select
        substances.substance_words,
        group_words.group_name
    from substances
    inner join group_words
        on
            position(
                {{ words_apart('group_words.words') }} in substances.substance_words
            ) > 0

),

named as (

    select
        substance_words,
        ingredient_name,
        cast(null as {{ dbt.type_string() }}) as group_name
    from by_ingredient

    union all

    select
        substance_words,
        cast(null as {{ dbt.type_string() }}) as ingredient_name,
        group_name
    from by_group

)

select
    allergies.patient_key,
    allergies.allergy_key,
    allergies.substance_name,
    allergies.type_code,
    allergies.sensitivity,
    allergies.started_at,
    allergies.known_from,
    named.ingredient_name,
    named.group_name
from allergies
inner join named
    on allergies.substance_words = named.substance_words
