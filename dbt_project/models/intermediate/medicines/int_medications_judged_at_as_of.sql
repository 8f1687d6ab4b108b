{#-
    Whether a medicine is being taken on the source's today, and why we think so. Taken
    means: ordered or dispensed, begun, not stopped, and its supply (and a grace for
    late refills) has not run out. An order without an end is not active for ever: an
    inpatient order ends with the stay unless the patient was supplied beyond it, an
    outpatient order without any other evidence after `open_order_days`. The first
    reason that applies decides.
-#}
with

medications as (

    select * from {{ ref('fct_medication_history') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

patients as (

    select
        patient_key,
        deceased_at
    from {{ ref('dim_patients') }}

),

with_as_of as (

    select
        medications.*,
        source_as_of.as_of,
        patients.deceased_at,
        medications.supply_ends_at
        + interval '{{ var("supply_grace_days") }} days' as supply_grace_ends_at,
        medications.supply_basis in ('dispensed', 'prescribed')
        or coalesce(medications.stated_dispenses_count, 0) > 1 as is_refilled
    from medications
    left join source_as_of
        on medications.source_system = source_as_of.source_system
    left join patients
        on medications.patient_key = patients.patient_key

),

judged as (

    select
        *,
        case
            when is_never_given then 'never_given'
            when started_at > as_of then 'not_started'
            when deceased_at <= as_of then 'deceased'
            when ended_at <= as_of then 'end_stated'
            when is_status_stopped then 'status_stopped'
            when medication_status_code = 'on_hold' then 'on_hold'
            when replaced_at <= as_of then 'replaced'
            when
                is_inpatient_order
                and encounter_ended_at <= as_of
                and not (is_refilled and supply_ends_at > encounter_ended_at)
                then 'stay_over'
            when supply_basis in ('dispensed', 'prescribed')
                then case
                    when supply_grace_ends_at > as_of then 'supply_lasts'
                    else 'supply_run_out'
                end
            when ended_at > as_of then 'end_in_future'
            when is_inpatient_order and encounter_ended_at is null then 'stay_open'
            when medication_status_code = 'active' then 'status_active'
            when supply_basis = 'fill_count'
                then case
                    when supply_grace_ends_at > as_of then 'fills_last'
                    else 'fills_run_out'
                end
            when started_at + interval '{{ var("open_order_days") }} days' > as_of
                then 'ordered_recently'
            else 'nothing_known'
        end as activity_basis
    from with_as_of

)

select
    *,
    activity_basis in (
        'supply_lasts',
        'end_in_future',
        'stay_open',
        'status_active',
        'fills_last',
        'ordered_recently'
    ) as is_active
from judged
