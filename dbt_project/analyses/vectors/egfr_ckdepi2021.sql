with

typed as (

    select
        id,
        cast(age_years as {{ type_decimal() }}) as age_years,
        case sex when 'F' then 'female' when 'M' then 'male' end as sex_code,
        cast(creatinine as {{ type_decimal() }}) as creatinine,
        unit
    from vector_rows

),

in_mg_dl as (

    select
        *,
        {{ creatinine_mg_dl('creatinine', 'unit') }} as creatinine_mg_dl
    from typed

),

measured as (

    select
        id,
        {{ egfr_ckd_epi_2021('creatinine_mg_dl', 'age_years', 'sex_code') }} as egfr
    from in_mg_dl

)

select
    id,
    round(egfr, 4) as expected_egfr_4dp,
    round(egfr) as expected_reported_integer
from measured
