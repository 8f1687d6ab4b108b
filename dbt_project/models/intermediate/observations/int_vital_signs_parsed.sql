{#-
    A vital sign as a number in the unit it is shown in. Only a bare number in a known
    unit is converted; everything else keeps its text alone. A vital sign is never called
    normal here: that depends on age, rest, oxygen and what is usual for the patient.
-#}
with

vital_signs as (

    select * from {{ ref('stg_vital_signs') }}

),

local_codes as (

    select * from {{ ref('int_local_test_codes') }}

),

vital_sign_codes as (

    select * from {{ ref('vital_sign_codes') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

unit_conversions as (

    select * from {{ ref('vital_sign_unit_conversions') }}

),

classified as (

    select
        vital_signs.*,
        {{ normalized_value('vital_signs.value_text') }} as normalized_text,
        {{ value_kind(normalized_value('vital_signs.value_text')) }} as value_kind,
        coalesce(vital_signs.observation_name, local_codes.code_name)
            as shown_observation_name,
        coalesce(vital_signs.unit, local_codes.unit) as shown_unit,
        case
            when {{ is_loinc('vital_signs.code_system') }}
                then vital_signs.observation_code
            else local_codes.loinc_code
        end as loinc_code
    from vital_signs
    left join local_codes
        on
            vital_signs.source_system = local_codes.source_system
            and vital_signs.code_system = local_codes.code_list
            and vital_signs.observation_code = local_codes.local_code

),

with_number as (

    select
        *,
        case when value_kind = 'numeric' then {{ value_comparator('normalized_text') }}
        end as comparator,
        case when value_kind = 'numeric' then {{ value_as_number('normalized_text') }}
        end as parsed_number
    from classified

),

with_plain_number as (

    select
        *,
        case when comparator is null then parsed_number end as value_number
    from with_number

),

standardized as (

    select
        with_plain_number.*,
        vital_sign_codes.vital_sign_name,
        unit_spellings.unit_ucum,
        vital_sign_codes.standard_unit,
        case
            when unit_spellings.unit_ucum = vital_sign_codes.standard_unit
                then with_plain_number.value_number
            else round(
                with_plain_number.value_number * unit_conversions.factor
                + unit_conversions.increment,
                2
            )
        end as standard_number
    from with_plain_number
    left join vital_sign_codes
        on with_plain_number.loinc_code = vital_sign_codes.loinc_code
    left join unit_spellings
        on with_plain_number.shown_unit = unit_spellings.unit
    left join unit_conversions
        on
            unit_spellings.unit_ucum = unit_conversions.unit_ucum
            and vital_sign_codes.standard_unit = unit_conversions.standard_unit

)

select * from standardized
