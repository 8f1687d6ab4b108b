{#-
    Default ranges of children, girls and boys side by side, in comparable units. A child
    of unknown sex is judged only where both agree.
-#}
with

reference_ranges as (

    select * from {{ ref('reference_ranges_children') }}

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

ranges as (

    select
        loinc_code,
        age_from_years,
        age_until_years,
        unit_ucum,
        source_name,
        max(case when sex_code = 'female' then reference_low end) as female_low,
        max(case when sex_code = 'female' then reference_high end) as female_high,
        max(case when sex_code = 'male' then reference_low end) as male_low,
        max(case when sex_code = 'male' then reference_high end) as male_high
    from reference_ranges
    group by loinc_code, age_from_years, age_until_years, unit_ucum, source_name

)

select
    ranges.loinc_code as analyte_code,
    unit_spellings.comparable_unit,
    ranges.unit_ucum,
    ranges.age_from_years,
    ranges.age_until_years,
    ranges.female_low,
    ranges.female_high,
    ranges.male_low,
    ranges.male_high,
    ranges.source_name
from ranges
inner join unit_spellings
    on ranges.unit_ucum = unit_spellings.unit
