{#-
    A diagnosis is called what its source calls it; a source that delivers codes alone
    gets the code list's title; what neither names stays nameless and can be counted.
-#}
with

conditions as (

    select
        *,
        upper(replace(condition_code, '.', '')) as normalised_code
    from {{ ref('stg_conditions') }}

),

code_titles as (

    select * from {{ source('terminology', 'code_titles') }}

),

named as (

    select
        conditions.*,
        code_titles.title as code_title,
        case
            when conditions.condition_name is not null then 'source'
            when code_titles.title is not null then 'code_list'
            else 'none'
        end as name_basis,
        coalesce(conditions.condition_name, code_titles.title) as displayed_name
    from conditions
    left join code_titles
        on
            conditions.code_system = code_titles.code_system
            and conditions.normalised_code = code_titles.code

)

select * from named
