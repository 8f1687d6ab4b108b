{#-
    Judging a result against limits. A result with a comparator is every value that it
    may stand for: it is judged only if all of them are judged alike. Limits are
    inclusive, unless `includes_high` says that a value at the upper limit is outside.

    A lower limit of 0 counts as none for a result below something, because what is
    measured from 0 cannot be less: `<5` in 0 to 10 is inside.
-#}
{% macro is_surely_below(number, comparator, limit, includes_limit='false') -%}
    coalesce(
        case
            when {{ comparator }} in ('>', '>=') then false
            when
                {{ comparator }} = '<'
                {%- if includes_limit != 'false' %} or {{ includes_limit }}{% endif %}
                then {{ number }} <= {{ limit }}
            else {{ number }} < {{ limit }}
        end,
        false
    )
{%- endmacro %}

{% macro is_surely_above(number, comparator, limit, includes_limit='true') -%}
    coalesce(
        case
            when {{ comparator }} in ('<', '<=') then false
            when
                {{ comparator }} = '>'
                {%- if includes_limit != 'true' %} or not {{ includes_limit }}{% endif %}
                then {{ number }} >= {{ limit }}
            else {{ number }} > {{ limit }}
        end,
        false
    )
{%- endmacro %}

{% macro is_surely_inside(number, comparator, low, high, includes_high='true') -%}
    (
        ({{ low }} is not null or {{ high }} is not null)
        and case
            when {{ low }} is null then true
            when {{ comparator }} in ('<', '<=') then {{ low }} = 0
            else {{ number }} >= {{ low }}
        end
        and case
            when {{ high }} is null then true
            when {{ comparator }} in ('>', '>=') then false
            {%- if includes_high != 'true' %}
            when {{ comparator }} is distinct from '<' and not {{ includes_high }}
                then {{ number }} < {{ high }}
            {%- endif %}
            else {{ number }} <= {{ high }}
        end
    )
{%- endmacro %}

{#-
    Whether no value that a result may stand for is critical on a side where the range
    has no limit: a potassium of `<=5.0` in a range up to 5.0 may be 2.
-#}
{% macro is_surely_not_critical(comparator, low, high) -%}
    case
        when {{ comparator }} in ('<', '<=')
            then {{ low }} is not null or critical_low is null
        when {{ comparator }} in ('>', '>=')
            then {{ high }} is not null or critical_high is null
        else true
    end
{%- endmacro %}

{#-
    Flag of a result by a range, with `critical_low` and `critical_high` in scope.
    Critical means beyond the critical limit and outside the range: where a laboratory's
    own range reaches further than the critical limit, its range holds. The critical limit
    itself is critical only where `includes_critical_low` or `..._high` says so.
-#}
{% macro range_flag(
    number, comparator, low, high, includes_high='true',
    includes_critical_low='false', includes_critical_high='false'
) -%}
    {%- set below = is_surely_below(number, comparator, low) -%}
    {%- set above = is_surely_above(number, comparator, high, includes_high) -%}
    case
        when {{ number }} is null or {{ low }} > {{ high }} then 'INDETERMINATE'
        when
            {{ is_surely_below(
                number, comparator, 'critical_low', includes_critical_low
            ) }}
            and ({{ low }} is null or {{ below }})
            then 'CRITICAL_LOW'
        when
            {{ is_surely_above(
                number, comparator, 'critical_high',
                'true' if includes_critical_high == 'false'
                else 'not ' ~ includes_critical_high
            ) }}
            and ({{ high }} is null or {{ above }})
            then 'CRITICAL_HIGH'
        when {{ below }} then 'LOW'
        when {{ above }} then 'HIGH'
        when
            {{ is_surely_inside(number, comparator, low, high, includes_high) }}
            and {{ is_surely_not_critical(comparator, low, high) }}
            then 'NORMAL'
        else 'INDETERMINATE'
    end
{%- endmacro %}

{#- Whether a specimen is named as another material than blood. -#}
{% macro is_not_blood(specimen_name) -%}
    coalesce(
        regexp_like(
            lower({{ specimen_name }}),
            'urin|spinal|csf|fluid|ascit|pleura|stool|faec|fec|sputum|saliva|swab'
        ),
        false
    )
{%- endmacro %}

{#-
    Completed years of age on a day; where only the year of birth is known, the years
    between, which may be one too many.
-#}
{% macro age_on(patient, on_date) -%}
    coalesce(
        {{ age_in_years(patient ~ '.birth_date', on_date) }},
        cast(date_part('year', {{ on_date }}) as integer) - {{ patient }}.birth_year
    )
{%- endmacro %}
