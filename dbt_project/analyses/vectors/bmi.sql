with

measured as (

    select
        id,
        {{ body_mass_index(
            'cast(height_cm as ' ~ type_decimal() ~ ')',
            'cast(weight_kg as ' ~ type_decimal() ~ ')'
        ) }} as body_mass_index
    from vector_rows

)

select
    id,
    round(body_mass_index, 4) as expected_bmi_4dp,
    round(body_mass_index, 1) as expected_display_1dp,
    {{ body_mass_class('body_mass_index') }} as expected_who_class
from measured
