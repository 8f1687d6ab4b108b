{#-
    Every alert as known now with the severity that its list gives it without the site's
    word, and those that the list would give of pairs that the site silences.
-#}
with

graded_pairs as (

    select * from {{ ref('int_interaction_pairs_graded') }}

),

alerts as (

    select
        patient_key,
        alert_kind_code,
        severity_code,
        first_ingredient_name,
        second_ingredient_name
    from {{ ref('fct_medication_alerts') }}
    where known_until is null

),

silenced as (

    select * from {{ ref('int_alerts_of_silenced_pairs') }}

)

select
    alerts.patient_key,
    alerts.alert_kind_code,
    alerts.first_ingredient_name,
    alerts.second_ingredient_name,
    alerts.severity_code,
    case
        when graded_pairs.site_action_code is null then alerts.severity_code
        else graded_pairs.list_severity_code
    end as list_severity_code,
    graded_pairs.site_action_code
from alerts
left join graded_pairs
    on
        alerts.alert_kind_code = graded_pairs.alert_kind_code
        and alerts.first_ingredient_name = graded_pairs.ingredient_a
        and alerts.second_ingredient_name = graded_pairs.ingredient_b

union all

select
    patient_key,
    alert_kind_code,
    ingredient_a as first_ingredient_name,
    ingredient_b as second_ingredient_name,
    cast(null as {{ dbt.type_string() }}) as severity_code,
    list_severity_code,
    'silence' as site_action_code
from silenced
