{#-
    From which analyte and unit a number leads to the analyte's reference unit, and how.
    Where neither side has a reference unit, the first side of the rule is the one.

    Between mass and moles the analyte changes with the unit. A source may have changed
    one of the two only: then the unit counts, since it is what people read. Not so where
    the same unit under the other code means another quantity: urea nitrogen in mmol/L
    may be urea, and urea in mg/dL is no urea nitrogen.
-#}
with

lab_unit_conversions as (

    select * from {{ ref('lab_unit_conversions') }}
    where converts_results

),

unit_conversion_codes as (

    select * from {{ ref('unit_conversion_codes') }}

),

equivalent_loinc_codes as (

    select * from {{ ref('equivalent_loinc_codes') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

reference_units as (

    select * from {{ ref('int_lab_reference_units') }}

),

-- One row per rule and pair of codes that it holds for.
coded as (

    select
        lab_unit_conversions.*,
        lab_unit_conversions.loinc_from as code_from,
        coalesce(lab_unit_conversions.loinc_to, lab_unit_conversions.loinc_from)
            as code_to
    from lab_unit_conversions
    where lab_unit_conversions.loinc_from is not null
    union all
    select
        lab_unit_conversions.*,
        unit_conversion_codes.loinc_code as code_from,
        unit_conversion_codes.loinc_code as code_to
    from lab_unit_conversions
    inner join unit_conversion_codes
        on lab_unit_conversions.analyte_name = unit_conversion_codes.analyte_name

),

comparable as (

    select
        coded.analyte_name
        || ' ' || coded.unit_from
        || ' to ' || coded.unit_to as rule_name,
        coded.basis,
        coded.factor,
        coded.increment,
        coded.needs_own_code,
        coded.converts_limits,
        coalesce(equivalent_from.analyte_code, coded.code_from) as analyte_from,
        coalesce(equivalent_to.analyte_code, coded.code_to) as analyte_to,
        coalesce(spelling_from.comparable_unit, coded.unit_from) as unit_from,
        coalesce(spelling_to.comparable_unit, coded.unit_to) as unit_to
    from coded
    left join equivalent_loinc_codes as equivalent_from
        on coded.code_from = equivalent_from.loinc_code
    left join equivalent_loinc_codes as equivalent_to
        on coded.code_to = equivalent_to.loinc_code
    left join unit_spellings as spelling_from
        on coded.unit_from = spelling_from.unit
    left join unit_spellings as spelling_to
        on coded.unit_to = spelling_to.unit

),

with_target as (

    select
        comparable.*,
        case
            when reference_from.reference_unit = comparable.unit_from then true
            when reference_to.reference_unit = comparable.unit_to then false
            when
                reference_from.reference_unit is null
                and reference_to.reference_unit is null
                then true
        end as is_told_in_first
    from comparable
    left join reference_units as reference_from
        on comparable.analyte_from = reference_from.analyte_code
    left join reference_units as reference_to
        on comparable.analyte_to = reference_to.analyte_code
    where comparable.unit_from <> comparable.unit_to

),

sided as (

    select
        rule_name,
        basis,
        factor,
        increment,
        needs_own_code,
        converts_limits,
        is_told_in_first as is_reversed,
        case when is_told_in_first then analyte_from else analyte_to end as to_analyte,
        case when is_told_in_first then unit_from else unit_to end as to_unit,
        case when is_told_in_first then analyte_to else analyte_from end
            as other_analyte,
        case when is_told_in_first then unit_to else unit_from end as other_unit
    from with_target
    where is_told_in_first is not null

),

directed as (

    select
        *,
        other_analyte as from_analyte,
        other_unit as from_unit
    from sided
    union all
    select
        *,
        to_analyte as from_analyte,
        other_unit as from_unit
    from sided
    where to_analyte <> other_analyte and not needs_own_code

),

same_unit_under_the_other_code as (

    select
        rule_name,
        basis,
        1 as factor,
        0 as no_increment,
        needs_own_code,
        converts_limits,
        false as is_reversed,
        to_analyte,
        to_unit,
        other_analyte,
        other_unit,
        other_analyte as from_analyte,
        to_unit as from_unit
    from sided
    where to_analyte <> other_analyte and not needs_own_code

),

every_way as (

    select * from directed
    union all
    select * from same_unit_under_the_other_code

),

-- HbA1c has an equation of its own for either direction.
ranked as (

    select
        *,
        row_number() over (
            partition by from_analyte, from_unit
            order by case when is_reversed then 1 else 0 end, rule_name
        ) as place
    from every_way

)

select
    from_analyte,
    from_unit,
    to_analyte,
    to_unit,
    rule_name,
    basis,
    factor,
    increment,
    is_reversed,
    converts_limits
from ranked
where place = 1
