{#-
    Tests whose numbers under one unit are of two sizes, a known factor apart: as if some
    were told in another unit than the one beside them. A finding for people to look
    into. No result is rewritten by it: what was meant is never guessed.

    A factor of ten that no conversion of the analyte has is less of a sign: there the gap
    must be wider, and so many patients measured often that it can be told whether they
    differ or their units: the ill and the healthy are ten times apart in BNP, too.
-#}
{{ config(tags=['nightly']) }}

with

parted as (

    select * from {{ ref('int_lab_numbers_parted') }}

),

conversions as (

    select * from {{ ref('lab_unit_conversions') }}
    where increment = 0 and factor <> 1

),

analyte_names as (

    select * from {{ ref('int_lab_analyte_names') }}

),

powers_of_ten as (

    select 10.0 as factor
    union all
    select 100.0 as factor
    union all
    select 1000.0 as factor

),

factors as (

    select
        loinc_from as loinc_code,
        unit_from as smaller_unit,
        unit_to as larger_unit,
        factor
    from conversions
    where factor > 1
    union all
    select
        loinc_to as loinc_code,
        unit_from as smaller_unit,
        unit_to as larger_unit,
        factor
    from conversions
    where factor > 1 and loinc_to <> loinc_from
    union all
    select
        loinc_from as loinc_code,
        unit_to as smaller_unit,
        unit_from as larger_unit,
        1 / factor as factor
    from conversions
    where factor < 1
    union all
    select
        loinc_to as loinc_code,
        unit_to as smaller_unit,
        unit_from as larger_unit,
        1 / factor as factor
    from conversions
    where factor < 1 and loinc_to <> loinc_from

),

compared as (

    select
        parted.*,
        factors.factor,
        factors.smaller_unit,
        factors.larger_unit,
        0 as factor_rank
    from parted
    inner join factors
        on parted.loinc_code = factors.loinc_code
    union all
    select
        parted.*,
        powers_of_ten.factor,
        null as smaller_unit,
        null as larger_unit,
        1 as factor_rank
    from parted
    cross join powers_of_ten
    where
        parted.gap_ratio >= {{ var('unit_mix_gap_ratio_of_ten') }}
        and parted.patients_by_chance_count >= {{ var('unit_mix_minimum_patients') }}

),

matching as (

    select
        *,
        row_number() over (
            partition by source_system, test_code, code_system, unit
            order by
                factor_rank asc,
                abs(median_ratio / factor - 1) asc,
                factor asc,
                smaller_unit asc
        ) as place_from_nearest
    from compared
    where abs(median_ratio / factor - 1) <= {{ var('unit_mix_tolerance') }}

)

select
    -- what was measured
    matching.source_system,
    matching.test_code,
    matching.code_system,
    matching.analyte_code,
    analyte_names.analyte_name,
    matching.unit,

    -- what is suspected
    cast(matching.factor as numeric(12, 4)) as factor,
    matching.smaller_unit,
    matching.larger_unit,

    -- on what grounds
    matching.lower_count,
    matching.upper_count,
    cast(matching.median_ratio as numeric(12, 4)) as median_ratio,
    cast(matching.gap_ratio as numeric(12, 4)) as gap_ratio,
    matching.patients_on_both_sides_count,
    matching.patients_by_chance_count,
    matching.patients_by_chance_count >= {{ var('unit_mix_minimum_patients') }}
    and matching.patients_on_both_sides_count
    < matching.patients_by_chance_count / 2 as is_between_patients

from matching
left join analyte_names
    on
        matching.source_system = analyte_names.source_system
        and matching.analyte_code = analyte_names.analyte_code
where matching.place_from_nearest = 1
