{#-
    How daily doses were computed, and why some cannot be: counts for staff who see no
    patient. Every row of fct_prescription_ingredients is in exactly one row.
-#}
{{ config(tags=['nightly']) }}

select
    -- whose
    source_system,

    -- how, or why not
    dose_basis_code,
    refusal_code,

    -- how often
    count(*) as doses_count

from {{ ref('fct_prescription_ingredients') }}
group by
    source_system,
    dose_basis_code,
    refusal_code
