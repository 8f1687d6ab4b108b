with

typed as (

    select
        id,
        cast(rr as {{ type_decimal() }}) as respiration,
        cast(spo2 as {{ type_decimal() }}) as saturation,
        cast(spo2_scale as {{ type_decimal() }}) as scale,
        on_oxygen = '1' as is_on_oxygen,
        cast(sbp as {{ type_decimal() }}) as systolic,
        cast(pulse as {{ type_decimal() }}) as pulse,
        acvpu,
        cast(temp_c as {{ type_decimal() }}) as temperature
    from vector_rows

),

with_points as (

    select
        id,
        {{ news2_of_respiration('respiration') }} as respiration,
        {{ news2_of_saturation('saturation', 'scale', 'is_on_oxygen') }} as saturation,
        {{ news2_of_oxygen('is_on_oxygen') }} as oxygen,
        {{ news2_of_systolic('systolic') }} as systolic,
        {{ news2_of_pulse('pulse') }} as pulse,
        {{ news2_of_consciousness('acvpu') }} as consciousness,
        {{ news2_of_temperature('temperature') }} as temperature
    from typed

),

with_total as (

    select
        *,
        respiration + saturation + oxygen + systolic + pulse + consciousness
        + temperature as total,
        greatest(
            respiration, saturation, oxygen, systolic, pulse, consciousness, temperature
        ) as highest_points
    from with_points

)

select
    id,
    respiration as e_rr,
    saturation as e_spo2,
    oxygen as e_o2,
    systolic as e_sbp,
    pulse as e_pulse,
    consciousness as e_acvpu,
    temperature as e_temp,
    total as expected_total,
    {{ news2_band('total', 'highest_points') }} as expected_band
from with_total
