{#-
    One row per code of a source's own list, for joining: a list delivered in two editions
    may hold a code twice.

    A list without LOINC borrows it from another list of the same source, but only where
    code, name and material are all the same. The number alone is not enough: the LOINC
    list published for MIMIC-IV numbers 805 items otherwise than the release does, so
    that 52069 is the basophil count in one and the monocyte count in the other.
-#}
with

local_codes as (

    select * from {{ ref('stg_local_codes') }}

),

one_row_per_code as (

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

),

lendable as (

    select
        source_system,
        local_code,
        code_name,
        specimen_name,
        max(loinc_code) as loinc_code
    from local_codes
    where loinc_code is not null
    group by source_system, local_code, code_name, specimen_name
    -- Two lists that disagree lend nothing.
    having count(distinct loinc_code) = 1

)

select
    one_row_per_code.source_system,
    one_row_per_code.code_list,
    one_row_per_code.local_code,
    one_row_per_code.code_name,
    coalesce(one_row_per_code.loinc_code, lendable.loinc_code) as loinc_code,
    one_row_per_code.unit,
    one_row_per_code.specimen_name,
    one_row_per_code.category_name
from one_row_per_code
left join lendable
    on
        one_row_per_code.source_system = lendable.source_system
        and one_row_per_code.local_code = lendable.local_code
        and one_row_per_code.code_name = lendable.code_name
        and one_row_per_code.specimen_name = lendable.specimen_name
