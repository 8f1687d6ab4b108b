{#-
    What a code says about the label of its fact: one row per code of a system, with the
    sum of the bits. A beginning is compared with as many characters as it has.
-#}
with

sensitivity_codes as (

    select * from {{ ref('sensitivity_codes') }}

),

sensitivity_label as (

    select * from {{ source('access', 'sensitivity_label') }}

)

select
    sensitivity_codes.code_system,
    sensitivity_codes.code,
    case when sensitivity_codes.is_prefix then length(sensitivity_codes.code) else 0 end
        as compared_length,
    bit_or(sensitivity_label.label_bit) as sensitivity
from sensitivity_codes
inner join sensitivity_label
    on sensitivity_codes.label_code = sensitivity_label.label_code
group by
    sensitivity_codes.code_system,
    sensitivity_codes.code,
    sensitivity_codes.is_prefix
