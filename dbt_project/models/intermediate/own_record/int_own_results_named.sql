{#-
    Results with the words of people without medical training beside them: what the
    test is called and what it is, where it was measured, unit and result spelled out.
    A test without a LOINC code is known by its name alone, and where the name says too
    little ("H") only together with its group. What no list knows stays as delivered.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

plain_tests as (

    select * from {{ ref('plain_tests') }}

),

plain_local_tests as (

    select * from {{ ref('plain_local_tests') }}

),

plain_units as (

    select * from {{ ref('plain_units') }}

),

plain_result_words as (

    select * from {{ ref('plain_result_words') }}

),

plain_specimens as (

    select * from {{ ref('plain_specimens') }}

),

named as (

    select
        lab_results.*,
        coalesce(
            by_code.plain_name, by_analyte.plain_name, by_name.plain_name
        ) as plain_name,
        coalesce(
            by_code.explanation, by_analyte.explanation, by_name.explanation
        ) as test_explanation,
        -- Whether a small step matters is not known of a test that nobody described.
        coalesce(
            by_code.is_never_a_little,
            by_analyte.is_never_a_little,
            by_name.is_never_a_little,
            true
        ) as is_never_a_little,
        coalesce(
            by_code.is_little_by_one_limit, by_analyte.is_little_by_one_limit, false
        ) as is_little_by_one_limit,
        plain_specimens.plain_words as specimen_words,
        coalesce(by_ucum.plain_unit, by_spelling.plain_unit) as unit_words,
        lab_results.unit is null
        or by_ucum.unit is not null
        or by_spelling.unit is not null as is_unit_explained,
        value_words.plain_words as value_words,
        range_words.plain_words as range_words
    from lab_results
    left join plain_tests as by_code
        on lab_results.loinc_code = by_code.loinc_code
    left join plain_tests as by_analyte
        on lab_results.analyte_code = by_analyte.loinc_code
    left join plain_local_tests as by_name
        on
            lower(lab_results.test_name) = by_name.test_name
            and lab_results.loinc_code is null
            and (
                by_name.category_name is null
                or by_name.category_name = lower(lab_results.category_name)
            )
    left join plain_specimens
        on lower(lab_results.specimen_name) = plain_specimens.specimen_name
    left join plain_units as by_ucum
        on lab_results.unit_ucum = by_ucum.unit
    left join plain_units as by_spelling
        on lab_results.unit = by_spelling.unit
    left join plain_result_words as value_words
        on lower(lab_results.value_text) = value_words.result_word
    left join plain_result_words as range_words
        on lower(lab_results.reference_text) = range_words.result_word

)

select * from named
