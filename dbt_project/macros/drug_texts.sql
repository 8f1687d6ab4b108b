{#-
    Reading which medicine a delivered text names. One spelling for all: lower case, single
    blanks, no commas and stars.
-#}
{% macro drug_text(text) -%}
    trim(replace(replace(replace(replace(replace(replace(replace(
        lower({{ text }}), ',', ' '), '_', ' '), '*nf*', ' '), '*', ' '),
        '   ', ' '), '  ', ' '), '  ', ' '))
{%- endmacro %}

{#- Up to two remarks in round brackets left out: `tramadol (ultram)` is `tramadol`. -#}
{% macro without_remarks(text) -%}
    trim(replace(
        regexp_replace(
            regexp_replace({{ text }}, '[(][^)]*[)]', ''), '[(][^)]*[)]', ''
        ),
        '  ', ' '
    ))
{%- endmacro %}

{# Words of one part of a text that are looked at, and ingredients of one product. #}
{% macro drug_words_read() -%} {{ return(12) }} {%- endmacro %}
{% macro drug_parts_read() -%} {{ return(5) }} {%- endmacro %}

{% macro numbers_to(last) -%}
    {%- for number in range(1, last + 1) %}
    select {{ number }} as place{% if not loop.last %} union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- The words of a group at places that `condition` chooses, in order. -#}
{% macro words_joined(condition) -%}
    trim(
        {%- for place in range(1, drug_words_read() + 1) %}
        {%- if not loop.first %} ||{% endif %}
        max(case
            when word_place = {{ place }} and {{ condition }} then word || ' ' else ''
        end)
        {%- endfor %}
    )
{%- endmacro %}

{#- The form that a product's name tells; null where it tells none that is known. -#}
{% macro dose_form_of(text) -%}
    case
        when {{ text }} like '%extended release oral tablet%'
            then 'extended_release_tablet'
        when {{ text }} like '%extended release oral capsule%'
            then 'extended_release_capsule'
        when {{ text }} like '%delayed release oral capsule%'
            then 'delayed_release_capsule'
        when {{ text }} like '%delayed release oral tablet%'
            then 'delayed_release_tablet'
        when {{ text }} like '%chewable tab%' then 'chewable_tablet'
        when {{ text }} like '%disintegrating%' then 'disintegrating_tablet'
        when {{ text }} like '%tablet%' or {{ text }} like '% tab' then 'tablet'
        when {{ text }} like '%capsule%' or {{ text }} like '% cap' then 'capsule'
        when {{ text }} like '%oral sol%' then 'oral_solution'
        when {{ text }} like '%oral susp%' then 'oral_suspension'
        when
            {{ text }} like '%inhalation sol%'
            or {{ text }} like '%neb%'
            then 'inhalation_solution'
        when {{ text }} like '%inhal%' then 'inhaler'
        when {{ text }} like '%patch%' or {{ text }} like '%transdermal%' then 'patch'
        when {{ text }} like '%cream%' then 'cream'
        when {{ text }} like '%ointment%' then 'ointment'
        when {{ text }} like '%supp%' then 'suppository'
        when {{ text }} like '%spray%' then 'spray'
        when {{ text }} like '%packet%' then 'packet'
        when
            {{ text }} like '%inject%'
            or {{ text }} like '%syringe%'
            or {{ text }} like '%vial%'
            or {{ text }} like '%premix%'
            or {{ text }} like '%bag%'
            then 'injection'
        when {{ text }} like '%implant%' then 'implant'
    end
{%- endmacro %}
