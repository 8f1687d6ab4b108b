{#-
    Organisms grown from blood, spinal fluid and other material that is sterile in health.
    Each may mean an infection that kills within hours, so nobody waits for a laboratory's
    flag, which many never send with a culture. Whether it is a contaminant is for the
    doctor to judge.

    Some laboratories report an organism only with the antibiotics tested against it, so
    one result stands for each organism of a culture: itself, else the first of those.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

sterile_specimens as (

    select * from {{ ref('sterile_specimens') }}

),

ranked as (

    select
        lab_results.patient_key,
        lab_results.lab_result_key,
        row_number() over (
            partition by
                lab_results.patient_key,
                lab_results.analyte_code,
                lab_results.specimen_id,
                lab_results.collected_at,
                lab_results.organism_name,
                lab_results.isolate_number
            order by
                case when lab_results.antibiotic_name is null then 0 else 1 end,
                lab_results.lab_result_key
        ) as place
    from lab_results
    inner join sterile_specimens
        on lower(lab_results.specimen_name) = sterile_specimens.specimen_name
    where
        lab_results.organism_name is not null
        and not lab_results.is_withdrawn

)

select
    patient_key,
    lab_result_key
from ranked
where place = 1
