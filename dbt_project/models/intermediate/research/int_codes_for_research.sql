{#-
    The codes that research may show, each with its title. A code that stands in no list
    of ours is not shown: whoever fills in forms writes names and numbers into code
    fields too. Titles come from here, never from a delivery.
-#}
with

code_titles as (

    select * from {{ source('terminology', 'code_titles') }}

),

research_code_titles as (

    select * from {{ ref('research_code_titles') }}

)

select
    code_system,
    code,
    title
from code_titles
union all
select
    code_system,
    code,
    title
from research_code_titles
