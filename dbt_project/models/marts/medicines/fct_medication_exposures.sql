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

ingredients as (

    select * from {{ ref('int_ingredients_of_medicines') }}
    {{ only_touched_patients() }}

),

orders as (

    select * from {{ ref('fct_medication_history') }}
    {{ only_touched_patients() }}

),

dispenses as (

    select * from {{ ref('fct_dispenses') }}
    {{ only_touched_patients() }}

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
        prescription_key as exposure_key,
        prescription_key,
        patient_key,
        route_code,
        cast(null as integer) as supply_days,
        supply_basis <> 'dispensed'
        or is_inpatient_order as is_counted,
        is_inpatient_order,
        sensitivity,
        started_at,
        {{ local_date('started_at') }} as starts_on,
        case
            when ended_at is not null or replaced_at is not null then 'stated'
            when is_inpatient_order and encounter_ended_at is not null then 'stay'
            when supply_ends_at is not null then 'supply'
            else 'none'
        end as end_basis_code,
        {{ local_date('coalesce(
            least(ended_at, replaced_at),
            case when is_inpatient_order then encounter_ended_at end,
            supply_ends_at
        )') }} as stated_end,
        source_system,
        known_from,
        delivery_id,
        file_id,
        line_number
    from orders
    where
        not is_never_given
        and started_at is not null

),

of_dispenses as (

    select
        'dispense' as exposure_kind_code,
        dispenses.dispense_key as exposure_key,
        dispenses.prescription_key,
        dispenses.patient_key,
        dispenses.route_code,
        cast(
            floor({{ believable_supply('dispenses.days_supply') }}) as integer
        ) as supply_days,
        {{ is_supply_possible('dispenses.days_supply') }}
        and (
            order_keys.order_key is null
            or (
                dispenses.days_supply is not null
                and not order_keys.is_inpatient_order
            )
        ) as is_counted,
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
    exposures.exposure_key,
    exposures.patient_key,
    exposures.prescription_key,

    -- codes
    exposures.exposure_kind_code,
    ingredients.ingredient_name,
    ingredients.ingredient_rxcui,
    ingredients.atc_code,
    ingredients.dose_form_code,
    ingredients.strength_unit,
    exposures.route_code,
    exposures.end_basis_code,
    ingredients.dose_basis_code,
    ingredients.daily_dose_unit,
    ingredients.dose_refusal_code,

    -- numbers
    ingredients.strength_value,
    exposures.supply_days,
    ingredients.daily_dose,

    -- flags
    exposures.is_counted,
    exposures.is_inpatient_order,
    coalesce(ingredients.is_as_needed, false) as is_as_needed,

    -- labels
    exposures.sensitivity,

    -- times
    exposures.started_at,
    exposures.starts_on,
    {{ exposure_end(
        'exposures.starts_on', 'exposures.stated_end', 'exposures.supply_days'
    ) }} as ends_on,

    -- provenance
    exposures.source_system,
    exposures.known_from,
    exposures.delivery_id,
    exposures.file_id,
    exposures.line_number

from exposures
inner join ingredients
    on
        exposures.patient_key = ingredients.patient_key
        and exposures.exposure_kind_code = ingredients.exposure_kind_code
        and exposures.exposure_key = ingredients.exposure_key
