with

taken as (

    select distinct
        id,
        lower(ingredient) as ingredient_name
    from (
        {{ one_row_per_entry('active_ingredients', 'ingredient', '|') }}
    ) as listed

),

pairs as (

    {{ interacting_pairs('taken', ['id']) }}

),

counted as (

    select
        id,
        count(*) as alerts_count,
        min({{ severity_rank('severity_code') }}) as worst_rank,
        string_agg(
            ingredient_a || '+' || ingredient_b, '|' order by ingredient_a, ingredient_b
        ) as pairs
    from pairs
    group by id

)

select
    vector_rows.id,
    coalesce(counted.alerts_count, 0) as expected_alert_count,
    {{ severity_of_rank('counted.worst_rank') }} as expected_worst_severity,
    counted.pairs as expected_pairs
from vector_rows
left join counted on vector_rows.id = counted.id
