{#-
    Where a range and the laboratory's own flag point in different directions: a range
    that was delivered wrongly, a flag of an older value, a patient's group that the range
    does not know. The flag of the laboratory stands as it came; this only counts.
-#}
{{ config(tags=['nightly']) }}

with

directions as (

    select * from {{ ref('int_lab_flag_directions') }}

),

analyte_names as (

    select * from {{ ref('int_lab_analyte_names') }}

),

compared as (

    select
        source_system,
        analyte_code,
        judged_by_code,
        count(*) as compared_count
    from directions
    group by source_system, analyte_code, judged_by_code

),

differing as (

    select
        source_system,
        analyte_code,
        judged_by_code,
        range_direction_code,
        laboratory_direction_code,
        count(*) as results_count
    from directions
    where is_different
    group by
        source_system,
        analyte_code,
        judged_by_code,
        range_direction_code,
        laboratory_direction_code

)

select
    -- what was measured
    differing.source_system,
    differing.analyte_code,
    analyte_names.analyte_name,

    -- who says what
    differing.judged_by_code,
    differing.range_direction_code,
    differing.laboratory_direction_code,

    -- how often
    differing.results_count,
    compared.compared_count

from differing
inner join compared
    on
        differing.source_system = compared.source_system
        and differing.analyte_code = compared.analyte_code
        and differing.judged_by_code = compared.judged_by_code
left join analyte_names
    on
        differing.source_system = analyte_names.source_system
        and differing.analyte_code = analyte_names.analyte_code
