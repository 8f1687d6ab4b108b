{#-
    What a patient was ordered or handed out, by ingredient and calendar day: the rows
    that eras, covered days and changes of dose are reckoned from. Whole days of supply
    count: half a tablet for tomorrow covers no day.

    An order outside the hospital whose dispenses tell how long they last counts by them,
    and its own row does not count again; every other order counts itself, and its
    dispenses do not: on a ward, what a pharmacy hands out says little of what is taken.
    An order ends as it is stated, else when another replaces
    it, else with the hospital stay that it was for, else with its supply, else it is one
    day long (OMOP).

    Only what is a medicine and has an ingredient counts: what could not be told is counted
    by fct_prescription_ingredients, and guessed nowhere.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'exposure_key', 'ingredient_name'],
                'unique': true,
            },
        ]
    )
}}

with

ingredients_of_orders as (

    select * from {{ ref('fct_prescription_ingredients') }}
    where
        drug_kind_code = 'medicine' {{ only_touched_patients('and') }}
        and ingredient_name is not null

),

orders as (

    select * from {{ ref('fct_medication_history') }}
    {{ only_touched_patients() }}

),

dispenses as (

    select * from {{ ref('int_dispense_ingredients') }}
    where
        drug_kind_code = 'medicine' {{ only_touched_patients('and') }}
        and ingredient_name is not null

),

order_keys as (

    select
        patient_key,
        order_key,
        bool_or(is_inpatient_order) as is_inpatient_order
    from (
        select
            patient_key,
            prescription_key as order_key,
            is_inpatient_order
        from orders
        union all
        select
            patient_key,
            pharmacy_order_key as order_key,
            is_inpatient_order
        from orders
        where pharmacy_order_key is not null
    ) as either_key
    group by patient_key, order_key

),

of_orders as (

    select
        'order' as exposure_kind_code,
        orders.prescription_key as exposure_key,
        orders.prescription_key,
        orders.patient_key,
        orders.route_code,
        ingredients.ingredient_name,
        ingredients.ingredient_rxcui,
        ingredients.atc_code,
        ingredients.dose_form_code,
        ingredients.strength_value,
        ingredients.strength_unit,
        ingredients.dose_basis_code,
        ingredients.daily_dose,
        ingredients.daily_dose_unit,
        ingredients.refusal_code as dose_refusal_code,
        coalesce(ingredients.is_as_needed, false) as is_as_needed,
        cast(null as integer) as supply_days,
        orders.supply_basis <> 'dispensed'
        or orders.is_inpatient_order as is_counted,
        orders.is_inpatient_order,
        orders.sensitivity,
        orders.started_at,
        {{ local_date('orders.started_at') }} as starts_on,
        case
            when orders.ended_at is not null or orders.replaced_at is not null
                then 'stated'
            when orders.is_inpatient_order and orders.encounter_ended_at is not null
                then 'stay'
            when orders.supply_ends_at is not null then 'supply'
            else 'none'
        end as end_basis_code,
        {{ local_date('coalesce(
            least(orders.ended_at, orders.replaced_at),
            case when orders.is_inpatient_order then orders.encounter_ended_at end,
            orders.supply_ends_at
        )') }} as stated_end,
        orders.source_system,
        orders.known_from,
        orders.delivery_id,
        orders.file_id,
        orders.line_number
    from orders
    inner join ingredients_of_orders as ingredients
        on
            orders.patient_key = ingredients.patient_key
            and orders.prescription_key = ingredients.prescription_key
    where
        not orders.is_never_given
        and orders.started_at is not null

),

of_dispenses as (

    select
        'dispense' as exposure_kind_code,
        dispenses.dispense_key as exposure_key,
        dispenses.prescription_key,
        dispenses.patient_key,
        dispenses.route_code,
        dispenses.ingredient_name,
        dispenses.ingredient_rxcui,
        dispenses.atc_code,
        dispenses.dose_form_code,
        dispenses.strength_value,
        dispenses.strength_unit,
        cast(null as {{ dbt.type_string() }}) as dose_basis_code,
        cast(null as {{ type_decimal() }}) as daily_dose,
        cast(null as {{ dbt.type_string() }}) as daily_dose_unit,
        cast(null as {{ dbt.type_string() }}) as dose_refusal_code,
        false as is_as_needed,
        {{ whole_days_of_supply('dispenses.days_supply') }} as supply_days,
        {{ is_dispense_counted(
            'dispenses.days_supply',
            '(order_keys.order_key is not null)',
            'order_keys.is_inpatient_order'
        ) }} as is_counted,
        coalesce(order_keys.is_inpatient_order, false) as is_inpatient_order,
        dispenses.sensitivity,
        dispenses.handed_out_at as started_at,
        {{ local_date('dispenses.handed_out_at') }} as starts_on,
        case when dispenses.days_supply is not null then 'supply' else 'none' end
            as end_basis_code,
        cast(null as date) as stated_end,
        dispenses.source_system,
        dispenses.known_from,
        dispenses.delivery_id,
        dispenses.file_id,
        dispenses.line_number
    from dispenses
    left join order_keys
        on
            dispenses.patient_key = order_keys.patient_key
            and dispenses.order_key = order_keys.order_key
    where
        dispenses.is_handed_out
        and dispenses.handed_out_at is not null

),

exposures as (

    select * from of_orders
    union all
    select * from of_dispenses

)

select
    -- keys
    exposure_key,
    patient_key,
    prescription_key,

    -- codes
    exposure_kind_code,
    ingredient_name,
    ingredient_rxcui,
    atc_code,
    dose_form_code,
    strength_unit,
    route_code,
    end_basis_code,
    dose_basis_code,
    daily_dose_unit,
    dose_refusal_code,

    -- numbers
    strength_value,
    supply_days,
    daily_dose,

    -- flags
    is_counted,
    is_inpatient_order,
    is_as_needed,

    -- labels
    sensitivity,

    -- times
    started_at,
    starts_on,
    {{ exposure_end('starts_on', 'stated_end', 'supply_days') }} as ends_on,

    -- provenance
    source_system,
    known_from,
    delivery_id,
    file_id,
    line_number

from exposures
