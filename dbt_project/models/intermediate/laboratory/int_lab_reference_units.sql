{#-
    The one unit that numbers of an analyte are told in together: that of its default
    range, else of its critical limits.
-#}
with

lab_limits as (

    select * from {{ ref('int_lab_limits') }}

)

select
    analyte_code,
    coalesce(range_unit, critical_unit) as reference_unit
from lab_limits
where coalesce(range_unit, critical_unit) is not null
