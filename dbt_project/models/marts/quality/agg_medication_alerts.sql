{#-
    How many alerts each rule gives as known now, and how many the list would have given
    where the site has a word of its own: counts for staff who see no patient. Every alert,
    and every one that the site silences, is in exactly one row of scope `rule`. A rule that
    fewer than 11 patients share is counted without its ingredients. The row of scope `all`
    has what alerts are counted against.
-#}
{{ config(tags=['nightly']) }}

with

alerts as (

    select
        *,
        alert_kind_code
        || '|' || coalesce(first_ingredient_name, '')
        || '|' || coalesce(second_ingredient_name, '') as rule_key
    from {{ ref('int_alerts_beside_lists') }}

),

prescriptions as (

    select
        count(*) as prescriptions_count,
        count(distinct patient_key) as prescribed_patients_count
    from {{ ref('fct_medication_history') }}
    where not is_never_given and not is_infusion_component

),

rules_of_many as (

    select
        rule_key,
        max(first_ingredient_name) as first_ingredient_name,
        max(second_ingredient_name) as second_ingredient_name
    from alerts
    group by rule_key
    having count(distinct patient_key) >= 11

),

of_rules as (

    select
        alerts.alert_kind_code,
        alerts.severity_code,
        alerts.list_severity_code,
        alerts.site_action_code,
        rules_of_many.first_ingredient_name,
        rules_of_many.second_ingredient_name,
        count(alerts.severity_code) as alerts_count,
        count(
            distinct case
                when alerts.severity_code is not null then alerts.patient_key
            end
        ) as patients_count,
        count(alerts.list_severity_code) as list_alerts_count,
        count(
            distinct case
                when alerts.list_severity_code is not null then alerts.patient_key
            end
        ) as list_patients_count
    from alerts
    left join rules_of_many
        on alerts.rule_key = rules_of_many.rule_key
    group by
        alerts.alert_kind_code,
        alerts.severity_code,
        alerts.list_severity_code,
        alerts.site_action_code,
        rules_of_many.first_ingredient_name,
        rules_of_many.second_ingredient_name

),

of_all as (

    select
        count(severity_code) as alerts_count,
        count(distinct case when severity_code is not null then patient_key end)
            as patients_count,
        count(list_severity_code) as list_alerts_count,
        count(distinct case when list_severity_code is not null then patient_key end)
            as list_patients_count
    from alerts

)

select
    -- what was counted
    'rule' as scope_code,
    alert_kind_code,
    first_ingredient_name,
    second_ingredient_name,

    -- how grave, by whom
    severity_code,
    list_severity_code,
    site_action_code,

    -- how often
    alerts_count,
    patients_count,
    list_alerts_count,
    list_patients_count,
    cast(null as {{ dbt.type_bigint() }}) as prescriptions_count,
    cast(null as {{ dbt.type_bigint() }}) as prescribed_patients_count

from of_rules

union all

select
    'all' as scope_code,
    cast(null as {{ dbt.type_string() }}) as alert_kind_code,
    cast(null as {{ dbt.type_string() }}) as first_ingredient_name,
    cast(null as {{ dbt.type_string() }}) as second_ingredient_name,
    cast(null as {{ dbt.type_string() }}) as severity_code,
    cast(null as {{ dbt.type_string() }}) as list_severity_code,
    cast(null as {{ dbt.type_string() }}) as site_action_code,
    of_all.alerts_count,
    of_all.patients_count,
    of_all.list_alerts_count,
    of_all.list_patients_count,
    prescriptions.prescriptions_count,
    prescriptions.prescribed_patients_count
from of_all
cross join prescriptions
