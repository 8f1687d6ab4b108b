{#- Draws that a pattern was found in, each with the results that speak for it. -#}
with

found as (

    select * from {{ ref('int_draws_with_edta') }}
    union all
    select * from {{ ref('int_draws_diluted') }}
    union all
    select * from {{ ref('int_draws_haemolysed') }}

),

met as (

    select distinct
        patient_key,
        collected_at,
        pattern_code,
        analyte_code,
        unit,
        value_number,
        previous_value,
        previous_collected_at
    from {{ ref('int_draw_findings') }}
    where is_met

),

trend_results as (

    select * from {{ ref('int_trend_results') }}
    where material_code = ''

),

lab_results as (

    select * from {{ ref('fct_lab_results') }}
    where
        {{ tells_haemolysis('comment_text') }}
        or {{ tells_haemolysis('value_text') }}

),

by_numbers as (

    select
        found.patient_key,
        found.collected_at,
        found.pattern_code,
        trend_results.lab_result_key,
        trend_results.source_system,
        met.analyte_code,
        trend_results.test_name,
        trend_results.specimen_name,
        cast(null as {{ dbt.type_string() }}) as value_text,
        met.value_number,
        met.unit,
        met.previous_value,
        met.previous_collected_at,
        trend_results.sensitivity
    from found
    inner join met
        on
            found.patient_key = met.patient_key
            and found.collected_at = met.collected_at
            and found.pattern_code = met.pattern_code
    inner join trend_results
        on
            met.patient_key = trend_results.patient_key
            and met.collected_at = trend_results.collected_at
            and met.analyte_code = trend_results.analyte_code
            and met.unit = trend_results.unit

),

by_comments as (

    select
        found.patient_key,
        found.collected_at,
        found.pattern_code,
        lab_results.lab_result_key,
        lab_results.source_system,
        coalesce(lab_results.converted_analyte_code, lab_results.analyte_code)
            as analyte_code,
        lab_results.test_name,
        lab_results.specimen_name,
        lab_results.value_text,
        coalesce(lab_results.converted_value_number, lab_results.value_number)
            as value_number,
        coalesce(
            lab_results.converted_unit,
            lab_results.comparable_unit,
            lab_results.unit,
            ''
        ) as unit,
        cast(null as {{ type_decimal() }}) as previous_value,
        cast(null as {{ dbt.type_timestamp() }}) as previous_collected_at,
        lab_results.sensitivity
    from found
    inner join lab_results
        on
            found.patient_key = lab_results.patient_key
            and found.collected_at = lab_results.collected_at
    where found.pattern_code = 'haemolysis_told'

)

select * from by_numbers
union all
select * from by_comments
