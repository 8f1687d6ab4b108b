with

typed as (

    select
        id,
        cast(na as {{ type_decimal() }}) as sodium,
        cast(k as {{ type_decimal() }}) as potassium,
        cast(cl as {{ type_decimal() }}) as chloride,
        cast(hco3 as {{ type_decimal() }}) as bicarbonate,
        cast(albumin_g_dl as {{ type_decimal() }}) as albumin
    from vector_rows

)

select
    id,
    {{ anion_gap('sodium', 'chloride', 'bicarbonate') }} as expected_ag,
    {{ anion_gap('sodium + potassium', 'chloride', 'bicarbonate') }}
        as expected_ag_with_k,
    {{ anion_gap_for_albumin('sodium', 'chloride', 'bicarbonate', 'albumin') }}
        as expected_ag_albumin_corrected
from typed
