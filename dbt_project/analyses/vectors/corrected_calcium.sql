with

typed as (

    select
        id,
        cast(calcium as {{ type_decimal() }}) as calcium,
        calcium_unit,
        cast(albumin as {{ type_decimal() }}) as albumin,
        albumin_unit
    from vector_rows

),

in_g_dl as (

    select
        *,
        {{ albumin_g_dl('albumin', 'albumin_unit') }} as albumin_g_dl
    from typed

)

select
    id,
    {{ corrected_calcium('calcium', 'calcium_unit', 'albumin_g_dl') }}
        as expected_corrected_same_unit
from in_g_dl
