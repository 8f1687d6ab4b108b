{#-
    Draws whose cells broke: potassium and lactate dehydrogenase rose together against the
    draw before, and aspartate aminotransferase or phosphate with them. Or somebody says so:
    a haemolysis index beyond the site's limit, or a comment of the laboratory.
-#}
with

draw_findings as (

    select * from {{ ref('int_draw_findings') }}
    where pattern_code = 'haemolysis'

),

lab_results as (

    select * from {{ ref('fct_lab_results') }}
    where
        {{ tells_haemolysis('comment_text') }}
        or {{ tells_haemolysis('value_text') }}

),

counted as (

    select
        patient_key,
        collected_at,
        count(
            distinct case when role_code = 'required' and is_met then analyte_code end
        ) as required_count,
        count(
            distinct case when role_code = 'supporting' and is_met then analyte_code end
        ) as supporting_count,
        count(case when role_code = 'index' and is_met then 1 end) as index_count
    from draw_findings
    group by patient_key, collected_at

),

by_numbers as (

    select
        patient_key,
        collected_at,
        'haemolysis' as pattern_code
    from counted
    where
        index_count >= 1
        or (required_count = 2 and supporting_count >= 1)

),

by_comments as (

    select distinct
        patient_key,
        collected_at,
        'haemolysis_told' as pattern_code
    from lab_results
    where
        collected_at is not null
        and not is_withdrawn
        and organism_name is null
        and antibiotic_name is null

)

select * from by_numbers
union
select * from by_comments
