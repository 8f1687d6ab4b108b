{#-
    What was measured, in which unit, and what its status and flag mean, each beside the
    delivered text. Codes that no list knows stay unmapped; they never drop the result.

    LOINC fixes the material, a local code need not: one for cultures stands for swab and
    spinal fluid alike. So a material delivered with the result is part of its analyte.

    A share in percent that came under the LOINC code of a count stands alone: taken for
    the count, each would resolve the other. "Units" are a unit of acidity only, and only
    of a test that measures acidity.
-#}
{%- set counts -%}
    ('704-7', '711-2', '731-0', '742-7', '751-8', '777-3', '789-8', '6690-2')
{%- endset -%}
{%- set acidities -%}
    ('2744-1', '2746-6', '2756-5', '5803-2', '11558-4')
{%- endset -%}

with

lab_results as (

    select * from {{ ref('int_lab_results_parsed') }}

),

local_test_codes as (

    select * from {{ ref('int_local_test_codes') }}

),

equivalent_loinc_codes as (

    select * from {{ ref('equivalent_loinc_codes') }}

),

monovalent_ions as (

    select * from {{ ref('monovalent_ions') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

result_statuses as (

    select * from {{ ref('result_statuses') }}

),

laboratory_flag_spellings as (

    select * from {{ ref('laboratory_flag_spellings') }}

),

interpretation_codes as (

    select * from {{ ref('interpretation_codes') }}

),

with_loinc as (

    select
        lab_results.*,
        coalesce(lab_results.test_name, local_test_codes.code_name) as shown_test_name,
        local_test_codes.category_name,
        coalesce(
            lab_results.specimen_name, local_test_codes.specimen_name
        ) as shown_specimen_name,
        coalesce(lab_results.unit, local_test_codes.unit) as shown_unit,
        case
            when {{ is_loinc('lab_results.code_system') }} then lab_results.test_code
            else local_test_codes.loinc_code
        end as loinc_code
    from lab_results
    left join local_test_codes
        on
            lab_results.source_system = local_test_codes.source_system
            and lab_results.code_system = local_test_codes.code_list
            and lab_results.test_code = local_test_codes.local_code

),

coded as (

    select
        with_loinc.*,
        case
            when
                unit_spellings.unit_ucum = '%'
                and coalesce(
                    equivalent_loinc_codes.analyte_code, with_loinc.loinc_code
                ) in {{ counts }}
                then
                    {{ analyte_code('null', 'null', 'with_loinc') }}
                    || ':' || unit_spellings.unit_ucum
            else {{ analyte_code(
                'equivalent_loinc_codes.analyte_code',
                'with_loinc.loinc_code',
                'with_loinc'
            ) }}
        end as analyte_code,
        case
            when
                unit_spellings.unit_ucum = 'meq/L'
                and monovalent_ions.loinc_code is not null
                then 'mmol/L'
            else unit_spellings.unit_ucum
        end as unit_ucum,
        case
            when
                unit_spellings.unit_ucum = 'meq/L'
                and monovalent_ions.loinc_code is not null
                then 'mmol/L'
            else unit_spellings.comparable_unit
        end as comparable_unit,
        coalesce(result_statuses.result_status_code, 'unknown') as result_status_code,
        coalesce(
            result_statuses.is_usable, with_loinc.status_code is null
        ) as is_usable,
        coalesce(result_statuses.is_withdrawn, false) as is_withdrawn,
        with_loinc.stated_flag is not null
        and interpretation_codes.interpretation_code is null as is_flag_unread,
        interpretation_codes.interpretation_code,
        interpretation_codes.axis_code
    from with_loinc
    left join equivalent_loinc_codes
        on with_loinc.loinc_code = equivalent_loinc_codes.loinc_code
    left join monovalent_ions
        on with_loinc.loinc_code = monovalent_ions.loinc_code
    left join unit_spellings
        on
            case
                when
                    lower(with_loinc.shown_unit) = 'units'
                    and with_loinc.loinc_code in {{ acidities }}
                    then '[pH]'
                else with_loinc.shown_unit
            end = unit_spellings.unit
    left join result_statuses
        on lower(with_loinc.status_code) = result_statuses.status_code
    left join laboratory_flag_spellings
        on
            lower(with_loinc.stated_flag)
            = laboratory_flag_spellings.laboratory_flag
    left join interpretation_codes
        on
            laboratory_flag_spellings.interpretation_code
            = interpretation_codes.interpretation_code

)

select * from coded
