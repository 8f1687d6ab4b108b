{#-
    Whether a laboratory's comment says that the specimen was haemolysed: not that it was
    not, and not that nobody could tell. A bacterium that lyses blood is written
    "haemolytic" and is none of it.
-#}
{% macro tells_haemolysis(comment_text) -%}
    coalesce(
        regexp_like(lower({{ comment_text }}), 'ha?emoly(s|z)')
        and not regexp_like(
            lower({{ comment_text }}),
            '(^|[^a-z])(no|not|non|without|verify)[ -]+([a-z]+ )?ha?emoly(s|z)'
        ),
        false
    )
{%- endmacro %}
