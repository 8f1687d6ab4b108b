{#-
    When an ingredient that was handed out has to be collected again: the day after the
    last covered day, early refills carried over; overdue after a grace for late ones. A
    treatment whose last order was stopped, or whose patient died, is not due.

    Today moves without any new fact, so this table is rebuilt whole each time.
-#}
{{ config(materialized='table') }}

with

exposures as (

    select * from {{ ref('fct_medication_exposures') }}

),

orders as (

    select
        patient_key,
        prescription_key,
        is_stop_stated,
        ended_at,
        is_status_stopped,
        replaced_at
    from {{ ref('fct_medication_history') }}

),

requests as (

    select * from {{ ref('fct_medication_requests') }}

),

patients as (

    select
        patient_key,
        deceased_at
    from {{ ref('dim_patients') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

fills as (

    select
        patient_key,
        ingredient_name,
        exposure_key,
        prescription_key,
        starts_on as handed_out_on,
        supply_days,
        source_system,
        sensitivity,
        known_from
    from exposures
    where
        exposure_kind_code = 'dispense'
        and is_counted
        and supply_days > 0

),

supplies as (

    {{ carried_over('fills', ['patient_key', 'ingredient_name']) }}

),

in_order as (

    select
        *,
        row_number() over (
            partition by patient_key, ingredient_name
            order by handed_out_on desc, supply_days desc, exposure_key desc
        ) as place_from_last
    from supplies

),

lasting as (

    select
        patient_key,
        ingredient_name,
        count(*) as fills_count,
        max(handed_out_on) as last_fill_on,
        max(ends_on) as last_covered_on,
        max(case when place_from_last = 1 then prescription_key end)
            as prescription_key,
        max(case when place_from_last = 1 then source_system end) as source_system,
        bit_or(sensitivity) as sensitivity,
        max(known_from) as known_from
    from in_order
    group by patient_key, ingredient_name

),

requests_by_ingredient as (

    select
        exposures.patient_key,
        exposures.ingredient_name,
        count(*) as requests_count,
        sum(case when requests.is_open then 1 else 0 end) as open_requests_count,
        max(requests.requested_at) as last_requested_at,
        max(case when requests.is_open then requests.waiting_days end)
            as longest_waiting_days,
        bit_or(requests.sensitivity) as sensitivity
    from requests
    inner join exposures
        on
            requests.patient_key = exposures.patient_key
            and requests.prescription_key = exposures.exposure_key
            and exposures.exposure_kind_code = 'order'
    where requests.request_type_code = 'refill'
    group by exposures.patient_key, exposures.ingredient_name

),

judged as (

    select
        lasting.*,
        source_as_of.as_of,
        {{ days_late(
            'lasting.last_covered_on', local_date('source_as_of.as_of')
        ) }} as days_late,
        coalesce(patients.deceased_at <= source_as_of.as_of, false) as is_deceased,
        coalesce(
            orders.is_status_stopped
            or orders.ended_at <= source_as_of.as_of
            or orders.replaced_at <= source_as_of.as_of,
            false
        ) as is_stopped,
        requests_by_ingredient.requests_count,
        requests_by_ingredient.open_requests_count,
        requests_by_ingredient.last_requested_at,
        requests_by_ingredient.longest_waiting_days,
        coalesce(requests_by_ingredient.sensitivity, 0) as sensitivity_of_requests
    from lasting
    left join source_as_of
        on lasting.source_system = source_as_of.source_system
    left join patients
        on lasting.patient_key = patients.patient_key
    left join orders
        on
            lasting.patient_key = orders.patient_key
            and lasting.prescription_key = orders.prescription_key
    left join requests_by_ingredient
        on
            lasting.patient_key = requests_by_ingredient.patient_key
            and lasting.ingredient_name = requests_by_ingredient.ingredient_name

)

select
    -- keys
    patient_key,
    prescription_key,

    -- codes
    ingredient_name,
    case
        when is_deceased then 'deceased'
        when is_stopped then 'stopped'
        when as_of is null then 'unknown'
        when {{ is_overdue('days_late', var('supply_grace_days')) }} then 'overdue'
        when days_late >= 1 then 'due'
        else 'covered'
    end as refill_status_code,

    -- numbers
    fills_count,
    case when as_of is not null then days_late end as days_late,
    coalesce(requests_count, 0) as requests_count,
    coalesce(open_requests_count, 0) as open_requests_count,
    longest_waiting_days,

    -- flags
    not is_deceased
    and not is_stopped
    and coalesce({{ is_overdue('days_late', var('supply_grace_days')) }}, false)
        as is_overdue,

    -- labels
    sensitivity | sensitivity_of_requests as sensitivity,

    -- times
    last_fill_on,
    last_covered_on,
    {{ date_after('last_covered_on', 1) }} as next_fill_due_on,
    last_requested_at,
    as_of,

    -- provenance
    source_system,
    known_from

from judged
