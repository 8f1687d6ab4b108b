{#-
    From when until when an ingredient was taken, by each version of its order and each
    dispense, and since when and until when the warehouse knew it so. A stop that is
    recorded late therefore makes a new row: what was known before stays as it was.

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

versions as (

    select * from {{ ref('int_prescription_versions') }}
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

medication_statuses as (

    select * from {{ ref('medication_statuses') }}

),

with_stop as (

    select
        versions.*,
        orders.is_inpatient_order,
        orders.encounter_ended_at,
        least(
            case
                when versions.ended_at > versions.started_at then versions.ended_at
                when versions.ended_at = versions.started_at
                    then versions.ended_at + interval '1 day'
            end,
            orders.replaced_at,
            case
                when medication_statuses.is_stopped and versions.ended_at is null
                    then greatest(versions.version_at, versions.started_at)
            end
        ) as stopped_at,
        {{ believable_supply(
            'versions.days_supply * greatest(coalesce(versions.dispenses_count, 1), 1)'
        ) }} as supply_days
    from versions
    inner join orders
        on
            versions.patient_key = orders.patient_key
            and versions.prescription_key = orders.prescription_key
    left join medication_statuses
        on versions.status_code = medication_statuses.delivered_code
    where
        versions.started_at is not null
        and not coalesce(medication_statuses.is_never_given, false)

),

of_orders as (

    select
        exposures.*,
        exposures.prescription_key || ':' || with_stop.version_number as taken_key,
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
        with_stop.known_from as taken_known_from,
        with_stop.known_until
    from exposures
    inner join with_stop
        on
            exposures.patient_key = with_stop.patient_key
            and exposures.prescription_key = with_stop.prescription_key
    where exposures.exposure_kind_code = 'order'

),

of_dispenses as (

    select
        exposures.*,
        exposures.exposure_key
        || ':' || coalesce(with_stop.version_number, 0) as taken_key,
        exposures.started_at as taken_from,
        least(
            exposures.started_at
            + (
                coalesce(exposures.supply_days, 1) + {{ var('supply_grace_days') }}
            ) * interval '1 day',
            with_stop.stopped_at
        ) as taken_until,
        greatest(exposures.known_from, with_stop.known_from) as taken_known_from,
        with_stop.known_until
    from exposures
    left join with_stop
        on
            exposures.patient_key = with_stop.patient_key
            and exposures.prescription_key = with_stop.prescription_key
    where
        exposures.exposure_kind_code = 'dispense'
        and exposures.is_counted
        and (
            with_stop.known_until is null
            or with_stop.known_until > exposures.known_from
        )

),

taken as (

    select * from of_orders
    union all
    select * from of_dispenses

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
    taken_known_from as known_from,
    known_until

from taken
where taken_until > taken_from
