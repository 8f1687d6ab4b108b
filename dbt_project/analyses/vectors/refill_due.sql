with

fills as (

    select
        id,
        cast({{ list_part('fill', 1) }} as date) as handed_out_on,
        cast({{ list_part('fill', 2) }} as integer) as supply_days
    from ({{ one_row_per_entry('"fill_date|days_supply"', 'fill', ';') }}) as listed

),

supplies as (

    {{ carried_over('fills', ['id']) }}

),

lasting as (

    select
        id,
        max(ends_on) as last_covered_on
    from supplies
    group by id

),

typed as (

    select
        lasting.*,
        cast(vector_rows.as_of as date) as as_of,
        cast(vector_rows.grace_days as integer) as grace_days
    from lasting
    inner join vector_rows on lasting.id = vector_rows.id

),

with_days_late as (

    select
        *,
        {{ days_late('last_covered_on', 'as_of') }} as days_late
    from typed

)

select
    id,
    last_covered_on as expected_last_covered_day,
    {{ date_after('last_covered_on', 1) }} as expected_next_fill_due,
    days_late as expected_days_late,
    case when {{ is_overdue('days_late', 'grace_days') }} then 1 else 0 end
        as expected_overdue_after_grace
from with_days_late
