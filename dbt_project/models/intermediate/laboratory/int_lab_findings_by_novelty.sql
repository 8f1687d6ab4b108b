{#-
    What is new about a finding, and whether somebody has to act on it.

    Whoever acted on a reading must learn that it was wrong, so a result that changed or
    was withdrawn after it was acknowledged comes first, whatever it reads now. A
    critical one stays until it is acknowledged, even when a later one is normal; so
    does one with a flag that nobody can read, since it may mean critical. Of all others
    only the latest of an analyte counts: back to normal is resolved, except where the
    result told of an event that no normal one undoes: a troponin of 850 is no less an
    infarction when it is 22 two days later.

    New is what is so since the last normal or acknowledged result: an abnormal result
    that nobody has seen does not grow old by being repeated the next day.
-#}
with

lab_results as (

    select * from {{ ref('int_lab_results_stability') }}

),

organisms_of_sterile_sites as (

    select * from {{ ref('int_lab_organisms_of_sterile_sites') }}

),

analytes_never_settled as (

    select * from {{ ref('analytes_never_settled') }}

),

with_lists as (

    select
        lab_results.*,
        organisms_of_sterile_sites.lab_result_key is not null
            as is_organism_of_sterile_site,
        lab_results.normal_results_later > 0
        and not (
            analytes_never_settled.analyte_code is not null
            and lab_results.abnormal_results_later = 0
            and not (lab_results.is_known_state and lab_results.is_like_its_run)
        ) as is_settled
    from lab_results
    left join organisms_of_sterile_sites
        on
            lab_results.patient_key = organisms_of_sterile_sites.patient_key
            and lab_results.lab_result_key = organisms_of_sterile_sites.lab_result_key
    left join analytes_never_settled
        on lab_results.analyte_code = analytes_never_settled.analyte_code

),

with_novelty as (

    select
        *,
        displayed_flag not in ('NORMAL', 'INDETERMINATE') as is_abnormal,
        displayed_flag like 'CRITICAL%' as is_critical,
        case
            when is_changed_since_acknowledged and is_withdrawn
                then 'withdrawn_after_acknowledgement'
            when is_changed_since_acknowledged then 'corrected_after_acknowledgement'
            when displayed_flag like 'CRITICAL%' then 'critical'
            when is_flag_unread and not is_withdrawn and antibiotic_name is null
                then 'flag_not_read'
            when is_organism_of_sterile_site and displayed_flag <> 'NORMAL'
                then 'newly_abnormal'
            when displayed_flag in ('NORMAL', 'INDETERMINATE') then null
            when not is_in_sequence then 'newly_abnormal'
            when is_settled then 'resolved'
            when is_known_state and is_like_its_run then 'stable'
            when
                not is_known_state
                and is_one_flag_since_baseline
                and coalesce(baseline_flag, 'NORMAL') = 'NORMAL'
                then 'newly_abnormal'
            else 'changed'
        end as novelty_code
    from with_lists

),

findings as (

    select
        *,
        case
            when is_acknowledged then false
            when novelty_code in ('newly_abnormal', 'changed', 'stable')
                then
                    is_latest_in_sequence
                    or (is_in_sequence and normal_results_later > 0)
                    or is_organism_of_sterile_site
                    or (organism_name is not null and antibiotic_name is null)
            else novelty_code <> 'resolved'
        end as is_on_worklist
    from with_novelty
    where novelty_code is not null

)

select
    *,
    case
        when not is_on_worklist then null
        when is_critical then 1
        when novelty_code = 'stable' then 3
        else 2
    end as urgency_rank
from findings
