{#-
    Every version of every fact of a feed with `source_knew_at`: since when its source
    knew it, which is not since when the warehouse does.

    1. The version time that the source states, but not before the moment that the fact
       itself speaks of.
    2. Not stated: the first version counts from that moment (a discharge is known when
       the patient leaves, a result when it is released); a later one, which may be a
       correction, only from its receipt.
    3. A fact without such a moment counts from its receipt, in a live source. In a closed
       collection a receipt says nothing (MIMIC-IV's years lie in the next century, so all
       would be "known" beforehand): such facts are never known in time.
-#}
{% macro versions_with_source_knowledge(feed, moment) -%}
    select
        versions.*,
        case
            when versions.version_at <> versions.known_from
                then greatest(
                    versions.version_at,
                    coalesce({{ moment }}, versions.version_at)
                )
            when versions.version_number = 1 and {{ moment }} is not null
                then {{ moment }}
            when not sources.is_historical then versions.known_from
        end as source_knew_at
    from (
        select
            *,
            row_number() over (
                partition by patient_key, source_system, record_id
                order by
                    version_at asc,
                    adapter_revision asc,
                    is_closed desc,
                    content_hash asc
            ) as version_number
        from {{ source('persons', feed) }}
    ) as versions
    inner join {{ source('raw', 'source') }} as sources
        on versions.source_system = sources.source_system
{%- endmacro %}

{#-
    The facts of CTE `versions` as their source knew them at each discharge of CTE
    `stays`: the newest version known by then, unless it closes the fact, or the fact had
    been moved to another patient by then. `condition` bounds the facts to look at and
    must be generous: it sees every version.
-#}
{% macro known_at_discharge(feed, condition) -%}
    select known.*
    from (
        select
            stays.stay_key,
            stays.cohort_admitted_at,
            stays.predicted_at,
            versions.*,
            row_number() over (
                partition by
                    versions.patient_key,
                    stays.stay_key,
                    versions.source_system,
                    versions.record_id
                order by {{ version_order() }}
            ) as place_from_newest
        from stays
        inner join versions
            on
                stays.patient_key = versions.patient_key
                and stays.predicted_at >= versions.source_knew_at
                and {{ condition }}
    ) as known
    where
        known.place_from_newest = 1
        and not known.is_closed
        and not exists (
            select 1
            from {{ source('persons', feed) }} as moved
            where
                moved.source_system = known.source_system
                and moved.record_id = known.record_id
                and moved.patient_key <> known.patient_key
                and moved.version_at > known.version_at
                and moved.version_at <= known.predicted_at
        )
{%- endmacro %}
