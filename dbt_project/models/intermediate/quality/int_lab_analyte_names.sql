{#-
    A name for each analyte of a source: the one that most of its results came with. Two
    sources may call one analyte otherwise, and so may two years of one source.
-#}
with

lab_results as (

    select
        source_system,
        analyte_code,
        test_name
    from {{ ref('fct_lab_results') }}

),

counted as (

    select
        source_system,
        analyte_code,
        test_name,
        count(*) as results_count
    from lab_results
    where test_name is not null
    group by source_system, analyte_code, test_name

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_system, analyte_code
            order by results_count desc, test_name asc
        ) as place_from_most
    from counted

)

select
    source_system,
    analyte_code,
    test_name as analyte_name
from ranked
where place_from_most = 1
