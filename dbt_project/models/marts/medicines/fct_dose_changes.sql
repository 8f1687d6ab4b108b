{#-
    How the total daily dose of an ingredient by one route changed from one order to the
    next. Orders that begin at one time are one regimen (a morning and an evening dose):
    their doses are added, where all of them are known in one unit. What is taken as
    needed has no daily dose. A dose that is not known, or in another unit, is not
    comparable and stands as such; an unchanged dose has no row.
-#}
{{
    config(
        indexes=[
            {
                'columns': [
                    'patient_key', 'ingredient_name', 'route_code', 'changed_at'
                ],
            },
        ]
    )
}}

with

exposures as (

    select * from {{ ref('fct_medication_exposures') }}
    {{ only_touched_patients() }}

),

orders as (

    select
        *,
        lower(coalesce(route_code, '')) as route
    from exposures
    where
        exposure_kind_code = 'order'
        and not is_as_needed

),

regimens as (

    select
        patient_key,
        ingredient_name,
        route,
        started_at,
        min(prescription_key) as prescription_key,
        max(route_code) as route_code,
        max(ends_on) as ends_on,
        case
            when
                count(*) = count(daily_dose)
                and count(*) = count(daily_dose_unit)
                and min(daily_dose_unit) = max(daily_dose_unit)
                then sum(daily_dose)
        end as daily_dose,
        case
            when min(daily_dose_unit) = max(daily_dose_unit) then min(daily_dose_unit)
        end as daily_dose_unit,
        max(dose_refusal_code) as dose_refusal_code,
        bit_or(sensitivity) as sensitivity,
        min(source_system) as source_system,
        max(known_from) as known_from
    from orders
    group by patient_key, ingredient_name, route, started_at

),

with_previous as (

    select
        *,
        lag(prescription_key) over (
            partition by patient_key, ingredient_name, route
            order by started_at
        ) as previous_prescription_key,
        lag(daily_dose) over (
            partition by patient_key, ingredient_name, route
            order by started_at
        ) as previous_daily_dose,
        lag(daily_dose_unit) over (
            partition by patient_key, ingredient_name, route
            order by started_at
        ) as previous_daily_dose_unit,
        lag(ends_on) over (
            partition by patient_key, ingredient_name, route
            order by started_at
        ) as previous_ends_on,
        lag(sensitivity, 1, 0) over (
            partition by patient_key, ingredient_name, route
            order by started_at
        ) as previous_sensitivity
    from regimens

),

compared as (

    select
        *,
        {{ dose_change(
            'previous_daily_dose',
            'previous_daily_dose_unit',
            'daily_dose',
            'daily_dose_unit'
        ) }} as dose_change,
        {{ dose_change_percent(
            'previous_daily_dose',
            'previous_daily_dose_unit',
            'daily_dose',
            'daily_dose_unit'
        ) }} as change_percent
    from with_previous
    where previous_prescription_key is not null

)

select
    -- keys
    patient_key,
    prescription_key,
    previous_prescription_key,

    -- codes
    ingredient_name,
    route_code,
    case dose_change
        when 'not comparable' then 'not_comparable'
        else dose_change
    end as change_code,
    daily_dose_unit,
    previous_daily_dose_unit,
    dose_refusal_code,

    -- numbers
    daily_dose,
    previous_daily_dose,
    change_percent,

    -- flags
    previous_ends_on > {{ local_date('started_at') }} as is_previous_running,

    -- labels
    sensitivity | previous_sensitivity as sensitivity,

    -- times
    started_at as changed_at,

    -- provenance
    source_system,
    known_from

from compared
where dose_change <> 'same'
