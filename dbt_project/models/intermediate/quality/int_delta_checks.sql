{#-
    Delta checks: every comparison of a result with the one before that a check asks for,
    and whether it is beyond the check's limit. A percentage needs something above zero to
    be of. Limits are those of blood: another material is not compared.

    A finding for the laboratory, and no alarm of care: with a 60 % limit of creatinine
    91 % of the alerts were real disease or dialysis, and 1.2 % errors of the laboratory
    (Gruenberg 2018).
-#}
with

lab_changes as (

    select * from {{ ref('int_lab_changes') }}
    where material_code = ''

),

lab_delta_checks as (

    select * from {{ ref('lab_delta_checks') }}
    where change_limit is not null

),

unit_spellings as (

    select * from {{ ref('unit_spellings') }}

),

checks as (

    select
        lab_delta_checks.*,
        unit_spellings.comparable_unit as limit_unit
    from lab_delta_checks
    inner join unit_spellings
        on lab_delta_checks.unit_ucum = unit_spellings.unit

),

compared as (

    select
        lab_changes.*,
        checks.check_code,
        checks.kind_code,
        checks.change_limit,
        checks.limit_unit,
        checks.window_hours,
        checks.is_active,
        checks.source_name
    from lab_changes
    inner join checks
        on lab_changes.analyte_code = checks.loinc_code
    where
        (
            checks.window_hours is null
            or lab_changes.seconds_between <= checks.window_hours * 3600
        )
        and case
            when checks.kind_code in ('percent', 'rcv')
                then lab_changes.previous_value > 0
            else lab_changes.unit = checks.limit_unit
        end

)

select
    *,
    case kind_code
        when 'absolute' then abs(change_number) > change_limit
        when 'per_day' then abs(change_number) * 86400 > change_limit * seconds_between
        else abs(change_number) * 100 > change_limit * previous_value
    end as is_beyond
from compared
