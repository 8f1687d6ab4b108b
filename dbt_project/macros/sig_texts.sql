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

{#- The words behind each word, as many as the longest phrase has. -#}
{% macro next_words(window) -%}
    {%- for ahead in range(1, sig_phrase_words()) %}
    {%- if not loop.first %}, {% endif -%}
    lead(word, {{ ahead }}) over ({{ window }}) as word_{{ ahead + 1 }}
    {%- endfor %}
{%- endmacro %}

{#- So many words from each word on; null where fewer are left. -#}
{% macro words_from_here(length) -%}
    case {{ length }}
        {%- for words in range(1, sig_phrase_words() + 1) %}
        when {{ words }}
            then word
            {%- for number in range(2, words + 1) %} || ' ' || word_{{ number }}{% endfor %}
        {%- endfor %}
    end
{%- endmacro %}
