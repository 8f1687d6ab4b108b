{#- How a dose is to be taken, in one spelling: lower case, words between single blanks. -#}
{% macro sig_text(text) -%}
    trim(replace(replace(rtrim(
        replace(replace(replace(replace(replace(replace(
            lower({{ text }}), ':', ' '), ';', ' '), '(', ' '), ')', ' '), ',', ' '),
            '. ', ' '),
        ' .'), '   ', ' '), '  ', ' '))
{%- endmacro %}

{# Words of a text that are looked at; words of the longest phrase. #}
{% macro sig_words_read() -%} {{ return(16) }} {%- endmacro %}
{% macro sig_phrase_words() -%} {{ return(4) }} {%- endmacro %}
