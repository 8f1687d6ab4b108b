{#-
    The numbers of one test in one unit, parted at their widest gap: that between two
    neighbours of which one is the largest multiple of the other, with enough numbers on
    either side. Numbers of zero or less have no multiple and stay away.

    Where there is no such gap the numbers are of one size. A few mistyped values part
    nothing, whatever their distance; nor do the steps of a test strip (30, 100, 300) or a
    pile of results at the least that can be measured: those are few different numbers.

    Where patients differ, as the healthy and the ill do in the albumin of urine, nearly
    each of them stays on one side. Where units differ, results of one patient fall on
    either side as by chance. So patients on both sides are counted beside how many there
    would be by chance: of n results with a share p below, 1 - p^n - (1 - p)^n. Powers are
    taken by logarithms, as those of some hundred results are too small for a number.
-#}
with

lab_results as (

    select
        source_system,
        test_code,
        coalesce(code_system, '') as code_system,
        coalesce(unit, '') as unit,
        analyte_code,
        loinc_code,
        patient_key,
        value_number,
        lab_result_key
    from {{ ref('fct_lab_results') }}
    where
        value_number > 0
        and is_usable
        and antibiotic_name is null
        and organism_name is null

),

ordered as (

    select
        *,
        row_number() over of_test as place,
        lead(value_number) over of_test as next_number,
        count(*) over (
            partition by source_system, test_code, code_system, unit
        ) as numbers_count
    from lab_results
    window of_test as (
        partition by source_system, test_code, code_system, unit
        order by value_number asc, lab_result_key asc
    )

),

gaps as (

    select
        source_system,
        test_code,
        code_system,
        unit,
        place as lower_count,
        numbers_count - place as upper_count,
        next_number / value_number as gap_ratio,
        row_number() over (
            partition by source_system, test_code, code_system, unit
            order by next_number / value_number desc, place asc
        ) as place_from_widest
    from ordered
    where
        place >= {{ var('unit_mix_minimum_results') }}
        and numbers_count - place >= {{ var('unit_mix_minimum_results') }}

),

widest as (

    select * from gaps
    where
        place_from_widest = 1
        and gap_ratio >= {{ var('unit_mix_gap_ratio') }}

),

sides as (

    select
        widest.source_system,
        widest.test_code,
        widest.code_system,
        widest.unit,
        max(ordered.analyte_code) as analyte_code,
        max(ordered.loinc_code) as loinc_code,
        widest.lower_count,
        widest.upper_count,
        widest.gap_ratio,
        count(
            distinct case
                when ordered.place <= widest.lower_count then ordered.value_number
            end
        ) as lower_different_count,
        count(
            distinct case
                when ordered.place > widest.lower_count then ordered.value_number
            end
        ) as upper_different_count,
        max(
            case
                when ordered.place = widest.lower_count + ceil(widest.upper_count / 2.0)
                    then ordered.value_number
            end
        )
        / max(
            case
                when ordered.place = ceil(widest.lower_count / 2.0)
                    then ordered.value_number
            end
        ) as median_ratio
    from widest
    inner join ordered
        on
            widest.source_system = ordered.source_system
            and widest.test_code = ordered.test_code
            and widest.code_system = ordered.code_system
            and widest.unit = ordered.unit
    group by
        widest.source_system,
        widest.test_code,
        widest.code_system,
        widest.unit,
        widest.lower_count,
        widest.upper_count,
        widest.gap_ratio

),

results_of_patients as (

    select
        widest.source_system,
        widest.test_code,
        widest.code_system,
        widest.unit,
        ordered.patient_key,
        count(*) as results_count,
        count(
            case when ordered.place <= widest.lower_count then 1 end
        ) as lower_results_count,
        cast(widest.lower_count as double precision)
        / (widest.lower_count + widest.upper_count) as lower_share
    from widest
    inner join ordered
        on
            widest.source_system = ordered.source_system
            and widest.test_code = ordered.test_code
            and widest.code_system = ordered.code_system
            and widest.unit = ordered.unit
    group by
        widest.source_system,
        widest.test_code,
        widest.code_system,
        widest.unit,
        widest.lower_count,
        widest.upper_count,
        ordered.patient_key

),

patients as (

    select
        source_system,
        test_code,
        code_system,
        unit,
        count(
            case
                when lower_results_count > 0 and lower_results_count < results_count
                    then 1
            end
        ) as patients_on_both_sides_count,
        cast(
            sum(
                1 - exp(greatest(results_count * ln(lower_share), -700))
                - exp(greatest(results_count * ln(1 - lower_share), -700))
            ) as numeric(12, 4)
        ) as patients_by_chance_count
    from results_of_patients
    group by source_system, test_code, code_system, unit

)

select
    sides.*,
    patients.patients_on_both_sides_count,
    patients.patients_by_chance_count
from sides
inner join patients
    on
        sides.source_system = patients.source_system
        and sides.test_code = patients.test_code
        and sides.code_system = patients.code_system
        and sides.unit = patients.unit
where
    sides.lower_different_count >= {{ var('unit_mix_minimum_different') }}
    and sides.upper_different_count >= {{ var('unit_mix_minimum_different') }}
