{#-
    Points of NEWS2 (Royal College of Physicians 2017, chart 1), parameter by parameter;
    null where the parameter is missing. Of adults who are not pregnant.
-#}
{% macro news2_of_respiration(per_minute) -%}
    case
        when {{ per_minute }} <= 8 then 3
        when {{ per_minute }} <= 11 then 1
        when {{ per_minute }} <= 20 then 0
        when {{ per_minute }} <= 24 then 2
        when {{ per_minute }} is not null then 3
    end
{%- endmacro %}

{#- Scale 2 is prescribed by a clinician; nothing in a record infers it. -#}
{% macro news2_of_saturation(percent, scale, is_on_oxygen) -%}
    case
        when {{ percent }} is null then null
        when {{ scale }} = 1
            then case
                when {{ percent }} <= 91 then 3
                when {{ percent }} <= 93 then 2
                when {{ percent }} <= 95 then 1
                else 0
            end
        when {{ scale }} = 2
            then case
                when {{ percent }} <= 83 then 3
                when {{ percent }} <= 85 then 2
                when {{ percent }} <= 87 then 1
                when {{ percent }} <= 92 or not {{ is_on_oxygen }} then 0
                when {{ is_on_oxygen }} is null then null
                when {{ percent }} <= 94 then 1
                when {{ percent }} <= 96 then 2
                else 3
            end
    end
{%- endmacro %}

{% macro news2_of_oxygen(is_on_oxygen) -%}
    case when {{ is_on_oxygen }} then 2 when not {{ is_on_oxygen }} then 0 end
{%- endmacro %}

{% macro news2_of_systolic(mmhg) -%}
    case
        when {{ mmhg }} <= 90 then 3
        when {{ mmhg }} <= 100 then 2
        when {{ mmhg }} <= 110 then 1
        when {{ mmhg }} <= 219 then 0
        when {{ mmhg }} is not null then 3
    end
{%- endmacro %}

{% macro news2_of_pulse(per_minute) -%}
    case
        when {{ per_minute }} <= 40 then 3
        when {{ per_minute }} <= 50 then 1
        when {{ per_minute }} <= 90 then 0
        when {{ per_minute }} <= 110 then 1
        when {{ per_minute }} <= 130 then 2
        when {{ per_minute }} is not null then 3
    end
{%- endmacro %}

{#- Alert, newly Confused, responding to Voice or Pain, or Unresponsive. -#}
{% macro news2_of_consciousness(acvpu) -%}
    case
        when {{ acvpu }} = 'A' then 0
        when {{ acvpu }} in ('C', 'V', 'P', 'U') then 3
    end
{%- endmacro %}

{#- Of the temperature as it is charted, with one decimal. -#}
{% macro news2_of_temperature(celsius) -%}
    case
        when round({{ celsius }}, 1) <= 35.0 then 3
        when round({{ celsius }}, 1) <= 36.0 then 1
        when round({{ celsius }}, 1) <= 38.0 then 0
        when round({{ celsius }}, 1) <= 39.0 then 1
        when {{ celsius }} is not null then 2
    end
{%- endmacro %}

{#- One part in words, with its points: `, pulse 91 (1)`; empty where it has none. -#}
{% macro news2_part(part, value) -%}
    coalesce(
        ', {{ part }} ' || cast({{ value }} as {{ dbt.type_string() }}) || ' ('
        || cast({{ part }}_points as {{ dbt.type_string() }}) || ')', ''
    )
{%- endmacro %}

{#-
    Band of a total: one parameter with 3 points asks for a doctor whatever the total.
    Without a total there is none.
-#}
{% macro news2_band(total, highest_points) -%}
    case
        when {{ total }} is null then null
        when {{ total }} >= 7 then 'high'
        when {{ total }} >= 5 then 'medium'
        when {{ highest_points }} = 3 then 'low-medium'
        else 'low'
    end
{%- endmacro %}
