{#-
    One row per code of a source's own list, for joining: a list delivered in two editions
    may hold a code twice.

    A list without LOINC borrows it from another list of the same source, but only where
    code, name and material are all the same. The number alone is not enough: the LOINC
    list published for MIMIC-IV numbers 805 items otherwise than the release does, so
    that 52069 is the basophil count in one and the monocyte count in the other.

    Where no list has one, and for the few delivered with the code of another quantity,
    our own list names it, again only for the same name and material. Without a LOINC
    code no default limit applies: no blood gas could be critical.
-#}
with

local_codes as (

    select * from {{ ref('stg_local_codes') }}

),

local_codes_with_loinc as (

    select * from {{ ref('local_codes_with_loinc') }}

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

),

delivered as (

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

)

select
    delivered.source_system,
    delivered.code_list,
    delivered.local_code,
    delivered.code_name,
    coalesce(
        local_codes_with_loinc.loinc_code, delivered.loinc_code
    ) as loinc_code,
    delivered.unit,
    delivered.specimen_name,
    delivered.category_name
from delivered
left join local_codes_with_loinc
    on
        delivered.code_list = local_codes_with_loinc.code_list
        and delivered.local_code = local_codes_with_loinc.local_code
        and delivered.code_name = local_codes_with_loinc.code_name
        and delivered.specimen_name = local_codes_with_loinc.specimen_name
        and (
            delivered.loinc_code is null
            or delivered.loinc_code = local_codes_with_loinc.replaces_loinc_code
        )
