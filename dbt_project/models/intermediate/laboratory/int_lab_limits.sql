{#-
    Default limits of one analyte: the ranges of women and men side by side, because a
    patient of unknown sex is judged only where both agree, and the critical limits.
    Units become comparable ones, so that 10*9/L meets 10*3/uL.
-#}
with

reference_ranges as (

    select
        *,
        cast(null as {{ type_decimal() }}) as doubtful_below
    from {{ ref('reference_ranges_adult') }}
    union all
    select * from {{ ref('reference_ranges_added') }}

),

critical_values as (

    select * from {{ ref('critical_values_adult') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

ranges as (

    select
        loinc_code,
        max(unit_ucum) as range_unit_ucum,
        max(source_name) as range_source_name,
        max(analyte_name) as analyte_name,
        bool_and(includes_high) as includes_high,
        max(doubtful_below) as doubtful_below,
        max(case when sex_code = 'female' then reference_low end) as female_low,
        max(case when sex_code = 'female' then reference_high end) as female_high,
        max(case when sex_code = 'male' then reference_low end) as male_low,
        max(case when sex_code = 'male' then reference_high end) as male_high
    from reference_ranges
    group by loinc_code

),

limits as (

    select
        coalesce(ranges.loinc_code, critical_values.loinc_code) as analyte_code,
        ranges.range_unit_ucum,
        ranges.range_source_name,
        ranges.includes_high,
        ranges.doubtful_below,
        ranges.female_low,
        ranges.female_high,
        ranges.male_low,
        ranges.male_high,
        coalesce(
            coalesce(ranges.analyte_name, critical_values.analyte_name) like '%urine%'
            or coalesce(ranges.analyte_name, critical_values.analyte_name) like '%CSF%',
            false
        ) as is_of_other_material,
        critical_values.unit_ucum as critical_unit_ucum,
        critical_values.source_name as critical_source_name,
        critical_values.critical_low,
        critical_values.critical_high,
        critical_values.low_operator = '<=' as includes_critical_low,
        critical_values.high_operator = '>=' as includes_critical_high,
        critical_values.is_for_children
    from ranges
    full outer join critical_values
        on ranges.loinc_code = critical_values.loinc_code

),

comparable as (

    select
        limits.*,
        range_units.comparable_unit as range_unit,
        critical_units.comparable_unit as critical_unit
    from limits
    left join unit_spellings as range_units
        on limits.range_unit_ucum = range_units.unit
    left join unit_spellings as critical_units
        on limits.critical_unit_ucum = critical_units.unit

)

select * from comparable
