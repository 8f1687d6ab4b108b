with

measured as (

    select
        id,
        {{ mean_arterial_pressure(
            'cast(sbp as ' ~ type_decimal() ~ ')',
            'cast(dbp as ' ~ type_decimal() ~ ')'
        ) }} as pressure
    from vector_rows

)

select
    id,
    round(pressure, 4) as expected_map_4dp,
    round(pressure) as expected_map_integer,
    case when pressure < 65 then 1 when pressure is not null then 0 end as below_65
from measured
