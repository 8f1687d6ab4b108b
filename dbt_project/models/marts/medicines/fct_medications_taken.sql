{#-
    From when until when an ingredient was taken, by each version of its order and each
    dispense, and since when and until when the warehouse knew it so. A stop that is
    recorded late therefore makes a new row: what was known before stays as it was. So
    do the end of a stay, a replacement and the correction of a dispense
    (int_orders_known, int_dispenses_known); where all came in one delivery, nothing was
    ever known otherwise.

    An order is taken from its beginning until it is stopped; else until the stay ends
    that it was for; else while its supply and the grace for late refills last; else for
    open_order_days. A stop without a time is one at the time of that version. An order
    that ends as it begins is a single dose and lasts a day; an end before the beginning is
    an error, and no end. A dispense is taken while its supply and
    the grace last, unless its order is stopped before.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['patient_key', 'taken_key', 'ingredient_name'],
                'unique': true,
            },
        ]
    )
}}

with

exposures as (

    select * from {{ ref('fct_medication_exposures') }}
    {{ only_touched_patients() }}

),

in_parts as (

    select * from {{ ref('int_patients_delivered_in_parts') }}
    {{ only_touched_patients() }}

),

versions as (

    select * from {{ ref('int_prescription_versions') }}
    {{ only_touched_patients() }}

),

orders_known as (

    select * from {{ ref('int_orders_known') }}
    {{ only_touched_patients() }}

),

dispenses_known as (

    select * from {{ ref('int_dispenses_known') }}
    {{ only_touched_patients() }}

),

orders as (

    select
        patient_key,
        prescription_key,
        is_inpatient_order,
        encounter_ended_at,
        replaced_at
    from {{ ref('fct_medication_history') }}
    {{ only_touched_patients() }}

),

cancelled_orders as (

    select
        patient_key,
        prescription_key,
        route_code,
        sensitivity
    from {{ ref('fct_medication_history') }}
    where
        (is_never_given or started_at is null) {{ only_patients_in_parts('and') }}

),

ingredients as (

    select * from {{ ref('fct_prescription_ingredients') }}
    where
        drug_kind_code = 'medicine' {{ only_patients_in_parts('and') }}
        and ingredient_name is not null

),

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

as_known as (

    select
        versions.patient_key,
        versions.prescription_key,
        versions.version_number,
        1 as part_number,
        versions.status_code,
        versions.days_supply,
        versions.dispenses_count,
        versions.started_at,
        versions.ended_at,
        versions.version_at,
        orders.is_inpatient_order,
        orders.encounter_ended_at,
        orders.replaced_at,
        versions.known_from,
        versions.known_until
    from versions
    inner join orders
        on
            versions.patient_key = orders.patient_key
            and versions.prescription_key = orders.prescription_key
    left join in_parts
        on versions.patient_key = in_parts.patient_key
    where in_parts.patient_key is null

    union all

    select
        patient_key,
        prescription_key,
        version_number,
        part_number,
        status_code,
        days_supply,
        dispenses_count,
        started_at,
        ended_at,
        version_at,
        is_inpatient_order,
        encounter_ended_at,
        replaced_at,
        known_from,
        known_until
    from orders_known

),

with_stop as (

    select
        as_known.*,
        as_known.version_number
        || case
            when as_known.part_number > 1 then '.' || as_known.part_number else ''
        end as place,
        least(
            case
                when as_known.ended_at > as_known.started_at then as_known.ended_at
                when as_known.ended_at = as_known.started_at
                    then as_known.ended_at + interval '1 day'
            end,
            as_known.replaced_at,
            case
                when medication_statuses.is_stopped and as_known.ended_at is null
                    then greatest(as_known.version_at, as_known.started_at)
            end
        ) as stopped_at,
        {{ believable_supply(
            'as_known.days_supply * greatest(coalesce(as_known.dispenses_count, 1), 1)'
        ) }} as supply_days
    from as_known
    left join medication_statuses
        on as_known.status_code = medication_statuses.delivered_code
    where
        as_known.started_at is not null
        and not coalesce(medication_statuses.is_never_given, false)

),

-- An order that is known to be cancelled now was taken as long as that was not known.
orders_to_take as (

    select
        patient_key,
        prescription_key,
        ingredient_name,
        atc_code,
        dose_form_code,
        route_code,
        strength_unit,
        strength_value,
        dose_basis_code,
        daily_dose_unit,
        daily_dose,
        sensitivity
    from exposures
    where exposure_kind_code = 'order'

    union all

    select
        cancelled_orders.patient_key,
        cancelled_orders.prescription_key,
        ingredients.ingredient_name,
        ingredients.atc_code,
        ingredients.dose_form_code,
        cancelled_orders.route_code,
        ingredients.strength_unit,
        ingredients.strength_value,
        ingredients.dose_basis_code,
        ingredients.daily_dose_unit,
        ingredients.daily_dose,
        cancelled_orders.sensitivity
    from cancelled_orders
    inner join ingredients
        on
            cancelled_orders.patient_key = ingredients.patient_key
            and cancelled_orders.prescription_key = ingredients.prescription_key

),

of_orders as (

    select
        orders_to_take.prescription_key || ':' || with_stop.place as taken_key,
        orders_to_take.patient_key,
        orders_to_take.prescription_key as exposure_key,
        orders_to_take.prescription_key,
        'order' as exposure_kind_code,
        orders_to_take.ingredient_name,
        orders_to_take.atc_code,
        orders_to_take.dose_form_code,
        orders_to_take.route_code,
        orders_to_take.strength_unit,
        orders_to_take.strength_value,
        orders_to_take.dose_basis_code,
        orders_to_take.daily_dose_unit,
        orders_to_take.daily_dose,
        orders_to_take.sensitivity,
        with_stop.started_at as taken_from,
        coalesce(
            with_stop.stopped_at,
            case
                when with_stop.is_inpatient_order then with_stop.encounter_ended_at
            end,
            with_stop.started_at
            + (
                with_stop.supply_days + {{ var('supply_grace_days') }}
            ) * interval '1 day',
            with_stop.started_at
            + {{ believable_supply('nullif(with_stop.dispenses_count, 0)') }}
            * interval '{{ var("months_per_fill") }} month'
            + interval '{{ var("supply_grace_days") }} days',
            with_stop.started_at + interval '{{ var("open_order_days") }} days'
        ) as taken_until,
        with_stop.known_from,
        with_stop.known_until
    from orders_to_take
    inner join with_stop
        on
            orders_to_take.patient_key = with_stop.patient_key
            and orders_to_take.prescription_key = with_stop.prescription_key

),

-- Of patients whose facts all came in one delivery.
of_dispenses as (

    select
        exposures.exposure_key
        || ':' || coalesce(with_stop.place, '0') as taken_key,
        exposures.patient_key,
        exposures.exposure_key,
        exposures.prescription_key,
        exposures.exposure_kind_code,
        exposures.ingredient_name,
        exposures.atc_code,
        exposures.dose_form_code,
        exposures.route_code,
        exposures.strength_unit,
        exposures.strength_value,
        exposures.dose_basis_code,
        exposures.daily_dose_unit,
        exposures.daily_dose,
        exposures.sensitivity,
        exposures.started_at as taken_from,
        least(
            {{ supply_and_grace_end('exposures.started_at', 'exposures.supply_days') }},
            with_stop.stopped_at
        ) as taken_until,
        greatest(exposures.known_from, with_stop.known_from) as known_from,
        with_stop.known_until
    from exposures
    left join in_parts
        on exposures.patient_key = in_parts.patient_key
    left join with_stop
        on
            exposures.patient_key = with_stop.patient_key
            and exposures.prescription_key = with_stop.prescription_key
    where
        exposures.exposure_kind_code = 'dispense'
        and exposures.is_counted
        and in_parts.patient_key is null
        and (
            with_stop.known_until is null
            or with_stop.known_until > exposures.known_from
        )

),

of_dispenses_in_parts as (

    select
        dispenses_known.dispense_key
        || ':' || coalesce(with_stop.place, '0')
        || '/' || row_number() over (
            partition by
                dispenses_known.patient_key,
                dispenses_known.dispense_key,
                dispenses_known.ingredient_name,
                with_stop.place
            order by dispenses_known.known_from
        ) as taken_key,
        dispenses_known.patient_key,
        dispenses_known.dispense_key as exposure_key,
        dispenses_known.prescription_key,
        'dispense' as exposure_kind_code,
        dispenses_known.ingredient_name,
        dispenses_known.atc_code,
        dispenses_known.dose_form_code,
        dispenses_known.route_code,
        dispenses_known.strength_unit,
        dispenses_known.strength_value,
        cast(null as {{ dbt.type_string() }}) as dose_basis_code,
        cast(null as {{ dbt.type_string() }}) as daily_dose_unit,
        cast(null as {{ type_decimal() }}) as daily_dose,
        dispenses_known.sensitivity,
        dispenses_known.handed_out_at as taken_from,
        least(
            {{ supply_and_grace_end(
                'dispenses_known.handed_out_at', 'dispenses_known.supply_days'
            ) }},
            with_stop.stopped_at
        ) as taken_until,
        dispenses_known.known_from,
        dispenses_known.known_until
    from dispenses_known
    left join with_stop
        on
            dispenses_known.patient_key = with_stop.patient_key
            and dispenses_known.prescription_key = with_stop.prescription_key
            and {{ was_known_at('with_stop', 'dispenses_known.known_from') }}

),

taken as (

    select * from of_orders
    union all
    select * from of_dispenses
    union all
    select * from of_dispenses_in_parts

)

select
    -- keys
    taken_key,
    patient_key,
    exposure_key,
    prescription_key,

    -- codes
    exposure_kind_code,
    ingredient_name,
    atc_code,
    dose_form_code,
    route_code,
    strength_unit,
    dose_basis_code,
    daily_dose_unit,

    -- numbers
    strength_value,
    daily_dose,

    -- labels
    sensitivity,

    -- times
    taken_from,
    taken_until,
    known_from,
    known_until

from taken
where taken_until > taken_from
