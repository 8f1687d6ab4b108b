{#-
    The first year that still runs for a source which handed out medicines: the year of
    the source's today. What is reckoned by calendar year is open from then on. A source
    without a dispense keeps no year open, however old its last event is.
-#}
{{ config(materialized='table') }}

with

source_as_of as (

    select * from {{ ref('stg_source_as_of') }}

),

sources_of_fills as (

    select distinct source_system
    from {{ ref('int_fills_by_measure') }}

)

select
    min(cast(date_part('year', {{ local_date('source_as_of.as_of') }}) as integer))
        as calendar_year
from source_as_of
inner join sources_of_fills
    on source_as_of.source_system = sources_of_fills.source_system
