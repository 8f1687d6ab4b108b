{#-
    Every source has its own words for the setting of a visit. What it delivers is
    mapped to one list; a source that delivers none (Synthea before 2019) is read by
    the type of the visit; the rest is `unknown` and can be counted.
-#}
with

encounters as (

    select * from {{ ref('stg_encounters') }}

),

classified as (

    {{ with_class_of_encounter('encounters') }}

)

select * from classified
