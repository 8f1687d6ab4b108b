{#-
    Numbers told in their analyte's reference unit, beside what was delivered. A bound is
    converted as a bound, and delivered limits with the value. A number is converted by a
    rule of its analyte or not at all, and why not stands beside it: what a unit means is
    never guessed.

    Words stand with the numbers of their test: what was haemolysed in mmol/L is missing
    among the results in mg/dL.

    No flag is made of a converted number: it is judged by the limits of its own unit.
-#}
with

lab_results as (

    select * from {{ ref('int_lab_results_read') }}

),

conversions as (

    select * from {{ ref('int_lab_conversions') }}

),

reference_units as (

    select * from {{ ref('int_lab_reference_units') }}

),

-- Where a code leads to, whatever the unit.
codes as (

    select
        from_analyte as analyte_code,
        min(to_analyte) as to_analyte,
        min(to_unit) as reference_unit
    from conversions
    group by from_analyte
    having min(to_analyte) = max(to_analyte) and min(to_unit) = max(to_unit)

),

unit_dimensions as (

    select * from {{ ref('unit_dimensions') }}

),

with_rule as (

    select
        lab_results.*,
        conversions.to_analyte,
        conversions.to_unit,
        conversions.rule_name,
        conversions.basis,
        conversions.factor,
        conversions.increment,
        conversions.is_reversed,
        conversions.converts_limits,
        codes.to_analyte as analyte_of_code,
        coalesce(reference_units.reference_unit, codes.reference_unit)
            as reference_unit,
        dimensions.dimension_name,
        reference_dimensions.dimension_name as reference_dimension_name
    from lab_results
    left join conversions
        on
            lab_results.analyte_code = conversions.from_analyte
            and lab_results.comparable_unit = conversions.from_unit
    left join reference_units
        on lab_results.analyte_code = reference_units.analyte_code
    left join codes
        on lab_results.analyte_code = codes.analyte_code
    left join unit_dimensions as dimensions
        on lab_results.comparable_unit = dimensions.comparable_unit
    left join unit_dimensions as reference_dimensions
        on
            coalesce(reference_units.reference_unit, codes.reference_unit)
            = reference_dimensions.comparable_unit

),

decided as (

    select
        *,
        case
            when
                parsed_number is null
                or organism_name is not null
                or antibiotic_name is not null
                then null
            when to_unit <> comparable_unit then 'converted'
            when to_unit = comparable_unit then 'not_needed'
            when reference_unit is null then 'no_reference_unit'
            when comparable_unit = reference_unit then 'not_needed'
            when shown_unit is null and reference_unit = '1' then 'not_needed'
            when shown_unit is null then 'unit_missing'
            when comparable_unit is null then 'unit_unknown'
            when dimension_name <> reference_dimension_name then 'dimensions_differ'
            else 'no_conversion_known'
        end as conversion_code,
        nullif(
            case
                when rule_name is not null then to_analyte
                when parsed_number is null then analyte_of_code
            end,
            analyte_code
        ) as converted_analyte_code,
        nullif(to_unit, comparable_unit) as converted_unit
    from with_rule

),

converted as (

    select
        *,
        {%- for limit in [
            'reference_low', 'reference_high', 'default_low', 'default_high'
        ] %}
            case
                when coalesce(conversion_code, '') <> 'converted' then null
                when not converts_limits then null
                when is_reversed
                    then round({{ converted_back(limit, 'factor', 'increment') }}, 9)
                else round({{ converted(limit, 'factor', 'increment') }}, 9)
            end as converted_{{ limit }},
        {%- endfor %}
        case
            when coalesce(conversion_code, '') <> 'converted' then null
            when is_reversed
                then round(
                    {{ converted_back('parsed_number', 'factor', 'increment') }}, 9
                )
            else round({{ converted('parsed_number', 'factor', 'increment') }}, 9)
        end as converted_number
    from decided

)

select * from converted
