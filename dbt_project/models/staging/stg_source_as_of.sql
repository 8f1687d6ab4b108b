with

source_as_of as (

    select * from {{ source('raw', 'source_as_of') }}

)

select
    source_system,
    as_of
from source_as_of
