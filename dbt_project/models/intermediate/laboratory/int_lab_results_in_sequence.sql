{#-
    Judged results of one patient and analyte in the order of their specimens. Organisms
    and susceptibilities form no sequence; each stands for itself. Results that nobody
    could judge do not count as earlier ones: between a high and a high they hide
    nothing.

    `previous` is the last judged result, to show beside it. `baseline` is the last that
    was normal or acknowledged, to tell what is new: a result that nobody has seen makes
    nothing old. A `run` holds results with the same flag, one after the other, and
    begins anew with each acknowledged one.
-#}
with

lab_results as (

    select * from {{ ref('fct_lab_results') }}

),

acknowledged_results as (

    select * from {{ ref('int_acknowledged_results') }}

),

with_acknowledgement as (

    select
        lab_results.*,
        bit_or(lab_results.sensitivity) over (
            partition by lab_results.patient_key, lab_results.analyte_code
        ) as sensitivity_of_analyte,
        coalesce(acknowledged_results.is_acknowledged, false) as is_acknowledged,
        acknowledged_results.lab_result_key is not null
        and not acknowledged_results.is_acknowledged as is_changed_since_acknowledged,
        acknowledged_results.acknowledged_at,
        acknowledged_results.acknowledged_by_name,
        coalesce(lab_results.resulted_at, lab_results.collected_at) as order_at,
        lab_results.displayed_flag <> 'INDETERMINATE'
        and lab_results.organism_name is null
        and lab_results.antibiotic_name is null as is_in_sequence,
        {{ read_value(
            'lab_results.value_text', 'lab_results.value_number'
        ) }} as read_value,
        coalesce(lab_results.unit_ucum, lab_results.unit) as read_unit,
        coalesce(
            lab_results.comparable_unit, lab_results.unit, ''
        ) as unit_to_compare
    from lab_results
    left join acknowledged_results
        on
            lab_results.patient_key = acknowledged_results.patient_key
            and lab_results.lab_result_key = acknowledged_results.lab_result_key

),

counted as (

    select
        *,
        count(case when is_in_sequence then 1 end) over so_far as judged_so_far,
        count(
            case
                when
                    is_in_sequence
                    and (displayed_flag = 'NORMAL' or is_acknowledged)
                    then 1
            end
        ) over earlier as baselines_before
    from with_acknowledgement
    window
        so_far as (
            partition by patient_key, analyte_code
            order by collected_at, order_at, lab_result_key
            rows between unbounded preceding and current row
        ),
        earlier as (
            partition by patient_key, analyte_code
            order by collected_at, order_at, lab_result_key
            rows between unbounded preceding and 1 preceding
        )

),

with_neighbours as (

    select
        *,
        lag(read_value) over in_sequence as value_before,
        lag(read_unit) over in_sequence as unit_before,
        lag(displayed_flag) over in_sequence as flag_before,
        lag(collected_at) over in_sequence as collected_before,
        first_value(read_value) over since_judged as value_of_last_judged,
        first_value(read_unit) over since_judged as unit_of_last_judged,
        first_value(displayed_flag) over since_judged as flag_of_last_judged,
        first_value(collected_at) over since_judged as collected_of_last_judged,
        is_in_sequence
        and lead(lab_result_key) over in_sequence is null as is_latest_in_sequence,
        count(case when displayed_flag = 'NORMAL' then 1 end) over whole_sequence
        - count(case when displayed_flag = 'NORMAL' then 1 end) over in_sequence
            as normal_results_later,
        count(case when displayed_flag <> 'NORMAL' then 1 end) over whole_sequence
        - count(case when displayed_flag <> 'NORMAL' then 1 end) over in_sequence
            as abnormal_results_later
    from counted
    window
        whole_sequence as (partition by patient_key, analyte_code, is_in_sequence),
        in_sequence as (
            partition by patient_key, analyte_code, is_in_sequence
            order by collected_at, order_at, lab_result_key
        ),
        since_judged as (
            partition by patient_key, analyte_code, judged_so_far
            order by collected_at, order_at, lab_result_key
        )

),

with_run as (

    select
        *,
        case
            when is_in_sequence then value_before
            when judged_so_far > 0 then value_of_last_judged
        end as previous_value_text,
        case
            when is_in_sequence then unit_before
            when judged_so_far > 0 then unit_of_last_judged
        end as previous_unit,
        case
            when is_in_sequence then flag_before
            when judged_so_far > 0 then flag_of_last_judged
        end as previous_flag,
        case
            when is_in_sequence then collected_before
            when judged_so_far > 0 then collected_of_last_judged
        end as previous_collected_at,
        first_value(flag_before) over since_baseline as baseline_flag,
        min(displayed_flag) over since_baseline
        = max(displayed_flag) over since_baseline as is_one_flag_since_baseline,
        count(
            case
                when flag_before = displayed_flag and not is_acknowledged then null
                else 1
            end
        ) over in_sequence as run_number,
        case
            when {{ local_date('collected_before') }} = {{ local_date('collected_at') }}
                then 0
            else 1
        end as is_another_day
    from with_neighbours
    window
        in_sequence as (
            partition by patient_key, analyte_code, is_in_sequence
            order by collected_at, order_at, lab_result_key
        ),
        since_baseline as (
            partition by patient_key, analyte_code, is_in_sequence, baselines_before
            order by collected_at, order_at, lab_result_key
        )

)

select
    *,
    row_number() over run_so_far as place_in_run,
    first_value(is_acknowledged) over run_so_far as is_run_acknowledged,
    first_value(collected_at) over run_so_far as run_began_at,
    sum(is_another_day) over run_so_far as days_in_run,
    count(value_number) over run_so_far as numbers_in_run,
    min(value_number) over run_so_far as lowest_in_run,
    max(value_number) over run_so_far as highest_in_run,
    min(unit_to_compare) over run_so_far = max(unit_to_compare) over run_so_far
        as is_one_unit_in_run,
    count(read_value) over run_so_far = row_number() over run_so_far
    and min(lower(read_value)) over run_so_far
    = max(lower(read_value)) over run_so_far as is_one_value_in_run
from with_run
window
    run_so_far as (
        partition by patient_key, analyte_code, is_in_sequence, run_number
        order by collected_at, order_at, lab_result_key
    )
