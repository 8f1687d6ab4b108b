{#-
    By which numbers a laboratory's work is found: those of orders, of specimens, and what
    stands on a tube. An accession is an order with its specimens and results; where a
    source tells no order, a specimen with its results.
-#}
{{
    config(
        indexes=[
            {
                'columns': ['accession_key', 'kind_code', 'number_text', 'patient_key'],
                'unique': true,
            },
            {'columns': ['number_text']},
            {'columns': ['patient_key']},
        ]
    )
}}

with

turnarounds as (

    select * from {{ ref('fct_lab_turnarounds') }}
    {{ only_touched_patients() }}

),

lab_orders as (

    select * from {{ ref('fct_lab_orders') }}
    where category_code = 'laboratory' {{ only_touched_patients('and') }}

),

specimens as (

    select * from {{ ref('fct_specimens') }}
    {{ only_touched_patients() }}

),

numbers as (

    select
        'order' as kind_code,
        patient_key,
        lab_order_key as accession_key,
        lab_order_key as numbered_key,
        cast(null as {{ dbt.type_string() }}) as tube_number,
        collected_at as happened_at,
        sensitivity,
        source_system,
        known_from
    from turnarounds
    where lab_order_key is not null
    union all
    select
        'specimen' as kind_code,
        patient_key,
        accession_key,
        specimen_key as numbered_key,
        cast(null as {{ dbt.type_string() }}) as tube_number,
        collected_at as happened_at,
        sensitivity,
        source_system,
        known_from
    from turnarounds
    where specimen_key is not null
    union all
    select
        'order' as kind_code,
        patient_key,
        lab_order_key as accession_key,
        lab_order_key as numbered_key,
        cast(null as {{ dbt.type_string() }}) as tube_number,
        ordered_at as happened_at,
        sensitivity,
        source_system,
        known_from
    from lab_orders
    union all
    select
        'specimen' as kind_code,
        patient_key,
        coalesce(lab_order_key, specimen_key) as accession_key,
        specimen_key as numbered_key,
        cast(null as {{ dbt.type_string() }}) as tube_number,
        collected_at as happened_at,
        sensitivity,
        source_system,
        known_from
    from specimens
    union all
    select
        'tube' as kind_code,
        patient_key,
        coalesce(lab_order_key, specimen_key) as accession_key,
        specimen_key as numbered_key,
        accession_number as tube_number,
        collected_at as happened_at,
        sensitivity,
        source_system,
        known_from
    from specimens
    where accession_number is not null

),

numbered as (

    select
        *,
        lower(coalesce(
            tube_number,
            substring(numbered_key, length(source_system) + 2)
        )) as number_text
    from numbers

)

select
    -- keys
    accession_key,
    patient_key,
    kind_code,
    number_text,

    -- labels
    bit_or(sensitivity) as sensitivity,

    -- times
    max(happened_at) as last_at,

    -- provenance
    source_system,
    max(known_from) as known_from

from numbered
group by accession_key, patient_key, kind_code, number_text, source_system
