{#-
    The site's own ranges and critical limits, in comparable units, one row for women and
    one for men. A row without sex holds for both. Which of two rows that hold for the same
    person on the same day is meant nobody can know, so there must be no such two.
-#}
with

site_reference_ranges as (

    select * from {{ ref('site_reference_ranges') }}

),

equivalent_loinc_codes as (

    select * from {{ ref('equivalent_loinc_codes') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

sexes as (

    select 'female' as known_sex_code
    union all
    select 'male' as known_sex_code

),

limits as (

    select
        row_number() over (
            order by
                site_reference_ranges.loinc_code,
                site_reference_ranges.unit_ucum,
                sexes.known_sex_code,
                site_reference_ranges.age_from_years,
                site_reference_ranges.in_force_from
        ) as limit_number,
        coalesce(
            equivalent_loinc_codes.analyte_code, site_reference_ranges.loinc_code
        ) as analyte_code,
        unit_spellings.comparable_unit,
        site_reference_ranges.unit_ucum,
        sexes.known_sex_code,
        site_reference_ranges.specimen_kind_code = 'other' as is_of_other_material,
        coalesce(site_reference_ranges.age_from_years, 0) as age_from_years,
        site_reference_ranges.age_until_years,
        site_reference_ranges.in_force_from,
        site_reference_ranges.in_force_until,
        site_reference_ranges.reference_low,
        site_reference_ranges.reference_high,
        coalesce(site_reference_ranges.includes_high, true) as includes_high,
        coalesce(
            site_reference_ranges.reference_low, site_reference_ranges.reference_high
        ) is not null as has_range,
        site_reference_ranges.critical_low,
        coalesce(site_reference_ranges.low_operator = '<=', false)
            as includes_critical_low,
        site_reference_ranges.critical_high,
        coalesce(site_reference_ranges.high_operator = '>=', false)
            as includes_critical_high,
        site_reference_ranges.source_name
    from site_reference_ranges
    inner join sexes
        on
            site_reference_ranges.sex_code is null
            or site_reference_ranges.sex_code = sexes.known_sex_code
    left join equivalent_loinc_codes
        on site_reference_ranges.loinc_code = equivalent_loinc_codes.loinc_code
    inner join unit_spellings
        on site_reference_ranges.unit_ucum = unit_spellings.unit

),

overlapping as (

    select
        limits.limit_number,
        count(other_limits.limit_number) as overlapping_count
    from limits
    left join limits as other_limits
        on
            limits.limit_number <> other_limits.limit_number
            and limits.analyte_code = other_limits.analyte_code
            and limits.comparable_unit = other_limits.comparable_unit
            and limits.known_sex_code = other_limits.known_sex_code
            and limits.is_of_other_material = other_limits.is_of_other_material
            and limits.age_from_years < coalesce(other_limits.age_until_years, 1000)
            and coalesce(limits.age_until_years, 1000) > other_limits.age_from_years
            and (
                limits.in_force_from is null
                or other_limits.in_force_until is null
                or limits.in_force_from < other_limits.in_force_until
            )
            and (
                other_limits.in_force_from is null
                or limits.in_force_until is null
                or limits.in_force_until > other_limits.in_force_from
            )
    group by limits.limit_number

)

select
    limits.*,
    overlapping.overlapping_count
from limits
inner join overlapping
    on limits.limit_number = overlapping.limit_number
