with

typed as (

    select
        id,
        comparator,
        cast(value as {{ type_decimal() }}) as value_number,
        cast(low as {{ type_decimal() }}) as low,
        cast(high as {{ type_decimal() }}) as high,
        cast(critical_low as {{ type_decimal() }}) as critical_low,
        cast(critical_high as {{ type_decimal() }}) as critical_high
    from vector_rows

),

flagged as (

    select
        *,
        {{ range_flag('value_number', 'comparator', 'low', 'high') }} as flag
    from typed

)

select
    id,
    case flag
        when 'NORMAL' then 'N'
        when 'LOW' then 'L'
        when 'HIGH' then 'H'
        when 'CRITICAL_LOW' then 'LL'
        when 'CRITICAL_HIGH' then 'HH'
        when 'INDETERMINATE' then case
            when coalesce(low, high, critical_low, critical_high) is not null
                then 'indeterminate'
        end
    end as expected_flag
from flagged
