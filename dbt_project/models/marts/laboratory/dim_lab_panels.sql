{{ config(materialized='table') }}

with

panels as (

    select * from {{ ref('lab_panels') }}

)

select
    -- key
    analyte_code,

    -- the panel
    panel_code,
    panel_name,
    panel_position,
    test_position,
    source_name

from panels
