{#-
    Pairs of `taken` that a rule of int_interaction_rules, or of `rules` in its place,
    speaks of: each pair of two different ingredients once, whichever of them came first.
    `taken` has `keys` and `ingredient_name`; `overlap` is a further condition on
    `first_taken` and `second_taken`, and `columns` are taken from them.
-#}
{% macro interacting_pairs(taken, keys, columns=[], overlap=none, rules=none) -%}
    select
        {%- for key in keys %}
        first_taken.{{ key }},
        {%- endfor %}
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        rules.ingredient_a,
        rules.ingredient_b,
        rules.severity_code,
        rules.alert_kind_code
    from {{ taken }} as first_taken
    inner join {{ rules or ref('int_interaction_rules') }} as rules
        on first_taken.ingredient_name = rules.ingredient_a
    inner join {{ taken }} as second_taken
        on
            {%- for key in keys %}
            first_taken.{{ key }} = second_taken.{{ key }}
            and
            {%- endfor %} rules.ingredient_b = second_taken.ingredient_name
            {%- if overlap %}
            and {{ overlap }}
            {%- endif %}
{%- endmacro %}

{#- Order of severities: the lowest number is the worst. -#}
{% macro severity_rank(severity_code) -%}
    case {{ severity_code }}
        when 'contraindicated' then 1
        when 'major' then 2
        when 'moderate' then 3
        when 'minor' then 4
    end
{%- endmacro %}

{% macro severity_of_rank(rank) -%}
    case {{ rank }}
        when 1 then 'contraindicated'
        when 2 then 'major'
        when 3 then 'moderate'
        when 4 then 'minor'
    end
{%- endmacro %}
