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
        patient_key,
        prescription_key as exposure_key,
        'order' as exposure_kind_code,
        prescription_key || ':' || version_number as taken_key,
        started_at as taken_from,
        coalesce(
            stopped_at,
            case when is_inpatient_order then encounter_ended_at end,
            started_at
            + (supply_days + {{ var('supply_grace_days') }}) * interval '1 day',
            started_at
            + {{ believable_supply('nullif(dispenses_count, 0)') }}
            * interval '{{ var("months_per_fill") }} month'
            + interval '{{ var("supply_grace_days") }} days',
            started_at + interval '{{ var("open_order_days") }} days'
        ) as taken_until,
        known_from,
        known_until
    from with_stop

),

dispenses as (

    select distinct
        patient_key,
        exposure_key,
        prescription_key,
        started_at,
        supply_days,
        known_from
    from exposures
    where
        exposure_kind_code = 'dispense'
        and is_counted

),

of_dispenses as (

    select
        dispenses.patient_key,
        dispenses.exposure_key,
        'dispense' as exposure_kind_code,
        dispenses.exposure_key
        || ':' || coalesce(with_stop.version_number, 0) as taken_key,
        dispenses.started_at as taken_from,
        least(
            dispenses.started_at
            + (
                coalesce(dispenses.supply_days, 1) + {{ var('supply_grace_days') }}
            ) * interval '1 day',
            with_stop.stopped_at
        ) as taken_until,
        greatest(dispenses.known_from, with_stop.known_from) as known_from,
        with_stop.known_until
    from dispenses
    left join with_stop
        on
            dispenses.patient_key = with_stop.patient_key
            and dispenses.prescription_key = with_stop.prescription_key
    where
        with_stop.known_until is null
        or with_stop.known_until > dispenses.known_from

),

taken as (

    select * from of_orders
    union all
    select * from of_dispenses

)

select
    -- keys
    taken.taken_key,
    taken.patient_key,
    exposures.exposure_key,
    exposures.prescription_key,

    -- codes
    exposures.exposure_kind_code,
    exposures.ingredient_name,
    exposures.atc_code,
    exposures.dose_form_code,
    exposures.route_code,
    exposures.strength_unit,
    exposures.dose_basis_code,
    exposures.daily_dose_unit,

    -- numbers
    exposures.strength_value,
    exposures.daily_dose,

    -- labels
    exposures.sensitivity,

    -- times
    taken.taken_from,
    taken.taken_until,
    taken.known_from,
    taken.known_until

from taken
inner join exposures
    on
        taken.patient_key = exposures.patient_key
        and taken.exposure_kind_code = exposures.exposure_kind_code
        and taken.exposure_key = exposures.exposure_key
where taken.taken_until > taken.taken_from
