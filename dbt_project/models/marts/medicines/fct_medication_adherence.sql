{#-
    Proportion of days covered (PQA) of each calendar year in which a medicine was handed
    out: from the first fill to the end of the year, of life, or of what the source knows,
    whichever comes first. Days in hospital are taken out of both numbers: the hospital
    gives what is taken there. Who counts in a measure is told beside the number.

    The running year ends today, which moves without any new fact, so that year is built
    anew each time for everybody.
-#}
{{ config(incremental_strategy='touched_patients_or_running_years') }}
-- depends_on: {{ ref('int_first_running_year') }}

with

fills as (

    select * from {{ ref('int_fills_by_measure') }}
    {{ only_touched_patients_or_running_years() }}

),

intervals as (

    select * from {{ ref('fct_medication_covered_intervals') }}
    {{ only_touched_patients_or_running_years() }}

),

nights as (

    select * from {{ ref('int_nights_in_hospital') }}

),

patients as (

    select
        patient_key,
        birth_date,
        birth_year,
        deceased_at
    from {{ ref('dim_patients') }}

),

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

first_fills as (

    select
        fills.patient_key,
        fills.measure_kind_code,
        fills.measure_name,
        fills.calendar_year,
        max(fills.adherent_percent) as adherent_percent,
        min(fills.handed_out_on) as first_fill_on,
        max(fills.handed_out_on) as last_fill_on,
        count(*) as fills_count,
        bit_or(fills.sensitivity) as sensitivity,
        max(fills.known_from) as known_from,
        max(source_as_of.as_of) as as_of
    from fills
    left join source_as_of
        on fills.source_system = source_as_of.source_system
    group by
        fills.patient_key,
        fills.measure_kind_code,
        fills.measure_name,
        fills.calendar_year

),

periods as (

    select
        first_fills.*,
        first_fills.first_fill_on as period_starts_on,
        least(
            {{ end_of_year('first_fills.calendar_year') }},
            {{ local_date('patients.deceased_at') }},
            {{ local_date('first_fills.as_of') }}
        ) as period_ends_on,
        coalesce(
            {{ age_in_years(
                'patients.birth_date', start_of_year('first_fills.calendar_year')
            ) }},
            first_fills.calendar_year - patients.birth_year - 1
        ) as age_years
    from first_fills
    left join patients
        on first_fills.patient_key = patients.patient_key

),

-- Measures are of one year each: what is cut at its ends is paired within it alone.
nights_of_years as (

    select
        years.patient_key,
        years.calendar_year,
        greatest(
            nights.starts_on, {{ start_of_year('years.calendar_year') }}
        ) as starts_on,
        least(nights.ends_on, {{ end_of_year('years.calendar_year') }}) as ends_on
    from (
        select distinct
            patient_key,
            calendar_year
        from periods
    ) as years
    inner join nights
        on
            years.patient_key = nights.patient_key
            and nights.starts_on <= {{ end_of_year('years.calendar_year') }}
            and nights.ends_on >= {{ start_of_year('years.calendar_year') }}

),

in_hospital as (

    select
        periods.patient_key,
        periods.measure_kind_code,
        periods.measure_name,
        periods.calendar_year,
        {{ days_in_common('periods.period_starts_on', 'periods.period_ends_on') }}
            as inpatient_days
    from periods
    inner join nights_of_years as nights
        on
            periods.patient_key = nights.patient_key
            and periods.calendar_year = nights.calendar_year
            and periods.period_starts_on <= nights.ends_on
            and periods.period_ends_on >= nights.starts_on
    group by
        periods.patient_key,
        periods.measure_kind_code,
        periods.measure_name,
        periods.calendar_year

),

intervals_of_periods as (

    select
        intervals.patient_key,
        intervals.measure_kind_code,
        intervals.measure_name,
        intervals.calendar_year,
        intervals.starts_on,
        least(intervals.ends_on, periods.period_ends_on) as ends_on
    from periods
    inner join intervals
        on
            periods.patient_key = intervals.patient_key
            and periods.measure_kind_code = intervals.measure_kind_code
            and periods.measure_name = intervals.measure_name
            and periods.calendar_year = intervals.calendar_year

),

covered_in_hospital as (

    select
        intervals.patient_key,
        intervals.measure_kind_code,
        intervals.measure_name,
        intervals.calendar_year,
        {{ days_in_common('intervals.starts_on', 'intervals.ends_on') }} as days_count
    from intervals_of_periods as intervals
    inner join nights_of_years as nights
        on
            intervals.patient_key = nights.patient_key
            and intervals.calendar_year = nights.calendar_year
            and intervals.starts_on <= nights.ends_on
            and intervals.ends_on >= nights.starts_on
    group by
        intervals.patient_key,
        intervals.measure_kind_code,
        intervals.measure_name,
        intervals.calendar_year

),

covered as (

    select
        patient_key,
        measure_kind_code,
        measure_name,
        calendar_year,
        sum(greatest({{ days_from('starts_on', 'ends_on') }} + 1, 0)) as days_count
    from intervals_of_periods
    group by
        patient_key,
        measure_kind_code,
        measure_name,
        calendar_year

),

counted as (

    select
        periods.*,
        coalesce(in_hospital.inpatient_days, 0) as inpatient_days,
        greatest(
            {{ days_from('periods.period_starts_on', 'periods.period_ends_on') }} + 1, 0
        ) - coalesce(in_hospital.inpatient_days, 0) as days_in_period,
        covered.days_count - coalesce(covered_in_hospital.days_count, 0)
            as days_covered
    from periods
    inner join covered
        on
            periods.patient_key = covered.patient_key
            and periods.measure_kind_code = covered.measure_kind_code
            and periods.measure_name = covered.measure_name
            and periods.calendar_year = covered.calendar_year
    left join in_hospital
        on
            periods.patient_key = in_hospital.patient_key
            and periods.measure_kind_code = in_hospital.measure_kind_code
            and periods.measure_name = in_hospital.measure_name
            and periods.calendar_year = in_hospital.calendar_year
    left join covered_in_hospital
        on
            periods.patient_key = covered_in_hospital.patient_key
            and periods.measure_kind_code = covered_in_hospital.measure_kind_code
            and periods.measure_name = covered_in_hospital.measure_name
            and periods.calendar_year = covered_in_hospital.calendar_year

),

with_eligibility as (

    select
        *,
        case
            when age_years is null then 'age_unknown'
            when age_years < {{ var('adult_age') }} then 'not_adult'
            when first_fill_on = last_fill_on then 'one_fill_date'
            when
                {{ days_from('first_fill_on', 'period_ends_on') }}
                < {{ var('adherence_minimum_span_days') }}
                then 'first_fill_late'
        end as ineligible_reason_code
    from counted

)

select
    -- keys
    patient_key,

    -- codes
    measure_kind_code,
    measure_name,
    ineligible_reason_code,

    -- numbers
    calendar_year,
    fills_count,
    cast(days_in_period as integer) as days_in_period,
    cast(days_covered as integer) as days_covered,
    cast(inpatient_days as integer) as inpatient_days,
    {{ proportion_of_days_covered('days_covered', 'days_in_period') }}
        as proportion_of_days_covered,
    adherent_percent,

    -- flags
    case
        when days_in_period > 0
            then {{ is_adherent('days_covered', 'days_in_period', 'adherent_percent') }}
    end as is_adherent,
    ineligible_reason_code is null as is_eligible,

    -- labels
    sensitivity,

    -- times
    period_starts_on,
    period_ends_on,
    case
        when {{ local_date('as_of') }} <= {{ end_of_year('calendar_year') }} then as_of
    end as as_of,

    -- provenance
    known_from

from with_eligibility
