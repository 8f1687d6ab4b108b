{#-
    Patients whose orders, dispenses and visits came in more than one delivery: of all
    others everything became known together, and nothing was ever known otherwise. So
    what was known when is worked out for these alone; in a first load there are none.
-#}
with

deliveries as (

    select
        patient_key,
        min(delivery_id) as first_delivery_id,
        max(delivery_id) as last_delivery_id
    from {{ source('persons', 'prescriptions') }}
    {{ only_touched_patients() }}
    group by patient_key

    union all

    select
        patient_key,
        min(delivery_id) as first_delivery_id,
        max(delivery_id) as last_delivery_id
    from {{ source('persons', 'dispenses') }}
    {{ only_touched_patients() }}
    group by patient_key

    union all

    select
        patient_key,
        min(delivery_id) as first_delivery_id,
        max(delivery_id) as last_delivery_id
    from {{ source('persons', 'encounters') }}
    {{ only_touched_patients() }}
    group by patient_key

)

select patient_key
from deliveries
group by patient_key
having min(first_delivery_id) < max(last_delivery_id)
