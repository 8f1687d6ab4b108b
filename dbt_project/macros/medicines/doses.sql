{#-
    How a total daily dose differs from the one before it, of the same ingredient and
    route. Two units, or a dose that is not known, are not comparable: nothing is guessed.
-#}
{% macro dose_change(old_daily_dose, old_unit, new_daily_dose, new_unit) -%}
    case
        when {{ _are_comparable(old_daily_dose, old_unit, new_daily_dose, new_unit) }}
            then case
                when {{ new_daily_dose }} > {{ old_daily_dose }} then 'increase'
                when {{ new_daily_dose }} < {{ old_daily_dose }} then 'decrease'
                else 'same'
            end
        else 'not comparable'
    end
{%- endmacro %}

{#- By how many percent, with two decimals; null where there is nothing to compare to. -#}
{% macro dose_change_percent(old_daily_dose, old_unit, new_daily_dose, new_unit) -%}
    case
        when {{ _are_comparable(old_daily_dose, old_unit, new_daily_dose, new_unit) }}
            then round(
                ({{ new_daily_dose }} - {{ old_daily_dose }}) * 100
                / nullif({{ old_daily_dose }}, 0), 2
            )
    end
{%- endmacro %}

{% macro _are_comparable(old_daily_dose, old_unit, new_daily_dose, new_unit) -%}
    {{ old_unit }} = {{ new_unit }}
    and {{ old_daily_dose }} is not null
    and {{ new_daily_dose }} is not null
{%- endmacro %}

{#-
    Morphine milligram equivalents per day of one opioid (CDC 2022, for showing a risk,
    never for conversion). `dose_unit` is the unit that the factor is for: a daily dose in
    mg, or the rate of a patch in mcg/h, which is not multiplied by patches per day. Null
    where the dose, or the factor (buprenorphine), is not known.
-#}
{% macro morphine_equivalents(dose, times_per_day, factor, dose_unit) -%}
    case {{ dose_unit }}
        when 'mcg/h' then {{ dose }} * {{ factor }}
        when 'mg/d' then {{ dose }} * {{ times_per_day }} * {{ factor }}
    end
{%- endmacro %}

{#- Whether the equivalents of all opioids of a day reach a limit: 50 is CDC's of 2022. -#}
{% macro reaches_equivalents(equivalents, limit=50) -%}
    {{ equivalents }} >= {{ limit }}
{%- endmacro %}
