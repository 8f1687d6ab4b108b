{#-
    What was known of a dispense that counts, by ingredient, and when: its own version,
    and what was known of the order that it names. A dispense that is corrected late
    therefore begins a new row, and so does an order or a stay that is received after
    it. Of patients delivered in parts alone; a dispense that its source deleted is not
    there.
-#}
with

in_parts as (

    select * from {{ ref('int_patients_delivered_in_parts') }}
    {{ only_touched_patients() }}

),

current_dispenses as (

    select
        patient_key,
        dispense_key
    from {{ ref('fct_dispenses') }}
    {{ only_patients_in_parts() }}

),

orders as (

    select * from {{ ref('int_orders_known') }}
    {{ only_touched_patients() }}

),

prescriptions as (

    select
        patient_key,
        prescription_key,
        sensitivity
    from {{ ref('int_prescriptions_with_status') }}
    {{ only_patients_in_parts() }}

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

ingredients as (

    select * from {{ ref('int_ingredients_as_delivered') }}
    where
        drug_kind_code = 'medicine'
        and ingredient_name is not null

),

delivered as (

    select
        patient_key,
        source_system,
        record_id,
        {{ fact_key() }} as dispense_key,
        {{ fact_key('prescription_id') }} as prescription_key,
        coalesce(
            {{ fact_key('prescription_id') }},
            source_system || ':order:' || {{ clean_text('pharmacy_order_id') }},
            {{ fact_key() }}
        ) as order_key,
        {{ clean_text('drug_code') }} as drug_code,
        {{ clean_text('code_system') }} as code_system,
        {{ clean_text('drug_name') }} as drug_name,
        lower({{ clean_text('status_code') }}) as status_code,
        {{ clean_text('route_code') }} as route_code,
        days_supply,
        coalesce(dispensed_at, started_at) as handed_out_at,
        version_at,
        known_from,
        is_closed,
        adapter_revision,
        content_hash
    from {{ source('persons', 'dispenses') }}
    {{ only_patients_in_parts() }}

),

ever_known as (

    {{ versions_ever_known('delivered') }}

),

unlabelled as (

    select ever_known.*
    from ever_known
    inner join current_dispenses
        on
            ever_known.patient_key = current_dispenses.patient_key
            and ever_known.dispense_key = current_dispenses.dispense_key
    where not ever_known.is_closed

),

versions as (

    {{ labelled(
        'unlabelled', 'dispenses', 'dispense_key',
        lists=[('int_labels_of_drugs', drug_label_columns())]
    ) }}

),

orders_by_key as (

    select
        patient_key,
        prescription_key as order_key,
        is_inpatient_order,
        known_from,
        known_until
    from orders
    union all
    select
        patient_key,
        pharmacy_order_key as order_key,
        is_inpatient_order,
        known_from,
        known_until
    from orders
    where pharmacy_order_key is not null

),

facts as (

    select
        patient_key,
        dispense_key,
        known_from,
        known_until
    from versions
    union all
    select
        versions.patient_key,
        versions.dispense_key,
        orders_by_key.known_from,
        orders_by_key.known_until
    from versions
    inner join orders_by_key
        on
            versions.patient_key = orders_by_key.patient_key
            and versions.order_key = orders_by_key.order_key

),

changes as (

    select
        patient_key,
        dispense_key,
        known_from as changed_at
    from facts
    union distinct
    select
        patient_key,
        dispense_key,
        known_until as changed_at
    from facts
    where known_until is not null

),

times as (

    {{ times_between('changes', ['patient_key', 'dispense_key']) }}

),

-- Joined once: the orders of a patient then meet the dispenses that name them alone.
at_times as (

    select
        versions.*,
        times.known_from as all_known_from,
        times.known_until as all_known_until
    from times
    inner join versions
        on
            times.patient_key = versions.patient_key
            and times.dispense_key = versions.dispense_key
            and {{ was_known_at('versions', 'times.known_from') }}

),

of_orders as (

    select
        at_times.patient_key,
        at_times.dispense_key,
        at_times.all_known_from,
        bool_or(orders_by_key.is_inpatient_order) as is_inpatient_order
    from at_times
    inner join orders_by_key
        on
            at_times.patient_key = orders_by_key.patient_key
            and at_times.order_key = orders_by_key.order_key
            and {{ was_known_at('orders_by_key', 'at_times.all_known_from') }}
    group by at_times.patient_key, at_times.dispense_key, at_times.all_known_from

),

known as (

    select
        at_times.*,
        coalesce(at_times.days_supply, orders.days_supply) as days_of_supply,
        of_orders.dispense_key is not null as is_order_known,
        coalesce(of_orders.is_inpatient_order, false) as is_inpatient_order,
        at_times.sensitivity | coalesce(prescriptions.sensitivity, 0)
            as sensitivity_with_order,
        {{ delivered_drug_key() }} as delivered_drug_key
    from at_times
    left join orders
        on
            at_times.patient_key = orders.patient_key
            and at_times.prescription_key = orders.prescription_key
            and {{ was_known_at('orders', 'at_times.all_known_from') }}
    left join of_orders
        on
            at_times.patient_key = of_orders.patient_key
            and at_times.dispense_key = of_orders.dispense_key
            and at_times.all_known_from = of_orders.all_known_from
    left join prescriptions
        on
            at_times.patient_key = prescriptions.patient_key
            and at_times.prescription_key = prescriptions.prescription_key
    left join medication_statuses
        on at_times.status_code = medication_statuses.delivered_code
    where
        at_times.handed_out_at is not null
        and not coalesce(medication_statuses.is_never_given, false)

)

select
    known.patient_key,
    known.dispense_key,
    known.prescription_key,
    ingredients.ingredient_name,
    ingredients.atc_code,
    ingredients.dose_form_code,
    ingredients.strength_value,
    ingredients.strength_unit,
    known.route_code,
    {{ whole_days_of_supply('known.days_of_supply') }} as supply_days,
    known.sensitivity_with_order as sensitivity,
    known.handed_out_at,
    known.all_known_from as known_from,
    known.all_known_until as known_until
from known
inner join ingredients
    on known.delivered_drug_key = ingredients.delivered_drug_key
where
    {{ is_dispense_counted(
        'known.days_of_supply', 'known.is_order_known', 'known.is_inpatient_order'
    ) }}
