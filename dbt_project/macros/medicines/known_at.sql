{#- Whether a row was known at an instant; what supersedes it then is known instead. -#}
{% macro was_known_at(row, instant) -%}
    {{ row }}.known_from <= {{ instant }}
    and ({{ row }}.known_until is null or {{ row }}.known_until > {{ instant }})
{%- endmacro %}

{#-
    Versions of the facts of a relation that were ever known, with their place in the
    order of versions and `known_until`: a version is known from its receipt until one
    that supersedes it is received, in whatever order they arrive. One that comes after
    what supersedes it was never known.
-#}
{% macro versions_ever_known(relation) -%}
    select ordered.*
    from (
        select
            {{ relation }}.*,
            row_number() over (
                {{ versions_from_the_first() }}
            ) as version_number,
            min(known_from) over (
                {{ versions_from_the_first() }}
                rows between 1 following and unbounded following
            ) as known_until
        from {{ relation }}
    ) as ordered
    where
        ordered.known_until is null
        or ordered.known_until > ordered.known_from
{%- endmacro %}

{#-
    The times between all changes of CTE `changes` (keys and `changed_at`), as
    `known_from` and `known_until`. Nothing changes within one, so a fact that was known
    as it began was known all through it.
-#}
{% macro times_between(changes, keys) -%}
    select
        {{ keys | join(', ') }},
        changed_at as known_from,
        lead(changed_at) over (
            partition by {{ keys | join(', ') }} order by changed_at
        ) as known_until
    from {{ changes }}
{%- endmacro %}

{#-
    Filter of an import CTE beside CTE `in_parts`, which has the patients of
    int_patients_delivered_in_parts: these alone, and of them those of the build.
-#}
{% macro only_patients_in_parts(keyword='where') -%}
    {{ keyword }} patient_key in (select in_parts.patient_key from in_parts)
    {{ only_touched_patients('and') }}
{%- endmacro %}
