{#-
    Every pair of ingredients that a list or the site names, with the grade of either. A
    pair of several lists is one alert: the site's word stands above all, then the pair
    that a source names, then the rule that any two ingredients with a known risk for the
    QT interval are a pair, then NDF-RT. Pairs that the site silences are among them:
    int_interaction_rules leaves them out, the count of what they would tell needs them.
-#}
with

interaction_pairs as (

    select * from {{ ref('interaction_pairs') }}

),

qt_prolonging as (

    select * from {{ ref('qt_prolonging_ingredients') }}

),

ndfrt_pairs as (

    select * from {{ ref('ndfrt_interaction_pairs') }}

),

site_rules as (

    select
        case
            when lower(ingredient_a) < lower(ingredient_b) then lower(ingredient_a)
            else lower(ingredient_b)
        end as ingredient_a,
        case
            when lower(ingredient_a) < lower(ingredient_b) then lower(ingredient_b)
            else lower(ingredient_a)
        end as ingredient_b,
        action_code,
        severity_code,
        mechanism_name,
        effect_name,
        reason
    from {{ ref('site_interaction_rules') }}

),

listed as (

    select
        ingredient_a,
        ingredient_b,
        severity_code,
        mechanism_name,
        effect_name,
        source_name,
        'interaction' as alert_kind_code,
        2 as list_rank
    from interaction_pairs

    union all

    select
        first_of_two.ingredient_name as ingredient_a,
        second_of_two.ingredient_name as ingredient_b,
        'contraindicated' as severity_code,
        'Both prolong the QT interval' as mechanism_name,
        'torsades de pointes' as effect_name,
        'Phansalkar 2012 (JAMIA 19:735), QT with QT; CredibleMeds known risk'
            as source_name,
        'qt' as alert_kind_code,
        3 as list_rank
    from qt_prolonging as first_of_two
    inner join qt_prolonging as second_of_two
        on first_of_two.ingredient_name < second_of_two.ingredient_name

    union all

    select
        ingredient_a,
        ingredient_b,
        severity_code,
        cast(null as {{ dbt.type_string() }}) as mechanism_name,
        cast(null as {{ dbt.type_string() }}) as effect_name,
        'NDF-RT (Department of Veterans Affairs)' as source_name,
        'interaction' as alert_kind_code,
        4 as list_rank
    from ndfrt_pairs
    where {{ var('uses_ndfrt_interactions') }}

    union all

    select
        ingredient_a,
        ingredient_b,
        severity_code,
        mechanism_name,
        effect_name,
        'site' as source_name,
        'interaction' as alert_kind_code,
        1 as list_rank
    from site_rules
    where action_code = 'add'

),

ranked as (

    select
        *,
        row_number() over (
            partition by ingredient_a, ingredient_b
            order by list_rank
        ) as rank_of_pair,
        -- What the lists say of a pair that the site adds although they have it.
        case
            when list_rank = 1
                then lead(severity_code) over (
                    partition by ingredient_a, ingredient_b
                    order by list_rank
                )
            else severity_code
        end as list_severity_code
    from listed

),

with_word_of_site as (

    select
        ranked.ingredient_a,
        ranked.ingredient_b,
        ranked.alert_kind_code,
        coalesce(
            case
                when site_rules.action_code = 'grade' then site_rules.severity_code
            end,
            ranked.severity_code
        ) as severity_code,
        ranked.severity_code as source_severity_code,
        ranked.list_severity_code,
        ranked.mechanism_name,
        ranked.effect_name,
        ranked.source_name,
        site_rules.action_code as site_action_code,
        site_rules.reason as site_reason,
        coalesce(site_rules.action_code = 'silence', false) as is_silenced
    from ranked
    left join site_rules
        on
            ranked.ingredient_a = site_rules.ingredient_a
            and ranked.ingredient_b = site_rules.ingredient_b
    where ranked.rank_of_pair = 1

)

select * from with_word_of_site
