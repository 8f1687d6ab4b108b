{#-
    The bands of the clock of critical results, by their ends in seconds, both as they
    are named and inclusive: half an hour to the second is within half an hour.
-#}
{% macro clock_bands() -%}
    {{ return([
        ('in_30_minutes', 1800),
        ('in_1_hour', 3600),
        ('in_4_hours', 14400),
        ('in_24_hours', 86400),
    ]) }}
{%- endmacro %}

{#- Which band a number of seconds lies in; `later` beyond the last, null if unknown. -#}
{% macro clock_band(seconds) -%}
    case
        when {{ seconds }} is null then null
        {%- for name, ends_at in clock_bands() %}
        when {{ seconds }} <= {{ ends_at }} then '{{ name }}'
        {%- endfor %}
        else 'later'
    end
{%- endmacro %}
