with

typed as (

    select
        id,
        cast(age as {{ type_decimal() }}) as age_years,
        cast(ast_u_l as {{ type_decimal() }}) as ast,
        cast(alt_u_l as {{ type_decimal() }}) as alt,
        cast(platelets_10e9_l as {{ type_decimal() }}) as platelets
    from vector_rows

),

measured as (

    select
        id,
        age_years,
        {{ fib4('age_years', 'ast', 'alt', 'platelets') }} as fib4
    from typed

)

select
    id,
    round(fib4, 4) as expected_fib4_4dp,
    round(fib4, 2) as expected_display_2dp,
    {{ fib4_band('fib4', 'age_years') }} as "band_age_adjusted_1.3_2.0_2.67",
    {{ fib4_band_of_2006('fib4') }} as "band_sterling2006_1.45_3.25"
from measured
