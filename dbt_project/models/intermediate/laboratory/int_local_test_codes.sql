{#-
    One row per code of a source's own list, for joining: a list delivered in two editions
    may hold a code twice.
-#}
with

local_codes as (

    select * from {{ ref('stg_local_codes') }}

)

select
    source_system,
    code_list,
    local_code,
    max(code_name) as code_name,
    max(loinc_code) as loinc_code,
    max(unit) as unit,
    max(specimen_name) as specimen_name,
    max(category_name) as category_name
from local_codes
group by source_system, code_list, local_code
