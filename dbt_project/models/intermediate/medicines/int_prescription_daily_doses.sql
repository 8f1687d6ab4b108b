{#-
    The daily doses alone, as fct_prescription_ingredients computed them once.
-#}
select
    patient_key,
    prescription_key,
    ingredient_name,
    dose_basis_code,
    refusal_code,
    daily_dose_unit,
    daily_dose,
    doses_per_day,
    is_as_needed
from {{ ref('fct_prescription_ingredients') }}
