{#- Which pairs of ingredients give an alert: all that are graded and not silenced. -#}
select
    ingredient_a,
    ingredient_b,
    alert_kind_code,
    severity_code,
    source_severity_code,
    mechanism_name,
    effect_name,
    source_name,
    site_reason
from {{ ref('int_interaction_pairs_graded') }}
where not is_silenced
