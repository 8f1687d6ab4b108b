{#-
    The days that were covered by a supply, as intervals that a page expands: cut at the
    end of the calendar year, no day twice, and what follows the next day is one interval.
-#}
{{
    config(
        indexes=[
            {
                'columns': [
                    'patient_key',
                    'measure_kind_code',
                    'measure_name',
                    'calendar_year',
                    'interval_number',
                ],
                'unique': true,
            },
        ]
    )
}}

with

fills as (

    select * from {{ ref('int_fills_by_measure') }}
    {{ only_touched_patients() }}

),

within_year as (

    select
        patient_key,
        measure_kind_code,
        measure_name,
        calendar_year,
        sensitivity,
        known_from,
        starts_on,
        least(ends_on, {{ end_of_year('calendar_year') }}) as ends_on
    from fills
    where starts_on <= {{ end_of_year('calendar_year') }}

),

intervals as (

    {{ merged_into_eras(
        'within_year',
        ['patient_key', 'measure_kind_code', 'measure_name', 'calendar_year'],
        longest_gap=1,
        aggregates=[
            'bit_or(sensitivity) as sensitivity',
            'max(known_from) as known_from',
        ],
    ) }}

)

select
    -- keys
    patient_key,

    -- codes
    measure_kind_code,
    measure_name,

    -- numbers
    calendar_year,
    era_number as interval_number,
    exposures_count as fills_count,
    {{ days_from('starts_on', 'ends_on') }} + 1 as days_count,

    -- labels
    sensitivity,

    -- times
    starts_on,
    ends_on,

    -- provenance
    known_from

from intervals
