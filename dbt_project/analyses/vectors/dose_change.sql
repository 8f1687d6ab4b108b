with

typed as (

    select
        id,
        cast(old_dose as {{ type_decimal() }})
        * cast(old_times_per_day as {{ type_decimal() }}) as old_daily_dose,
        old_unit,
        cast(new_dose as {{ type_decimal() }})
        * cast(new_times_per_day as {{ type_decimal() }}) as new_daily_dose,
        new_unit
    from vector_rows

)

select
    id,
    {{ dose_change('old_daily_dose', 'old_unit', 'new_daily_dose', 'new_unit') }}
        as expected_change,
    {{ dose_change_percent(
        'old_daily_dose', 'old_unit', 'new_daily_dose', 'new_unit'
    ) }} as expected_pct
from typed
