{#-
    The order in which versions of one fact supersede each other, newest first: the
    source's version time (else receipt), the adapter's revision, open over closing, and
    the content hash so that the order of arrival never decides.
-#}
{% macro version_order() -%}
    version_at desc, adapter_revision desc, is_closed, content_hash desc
{%- endmacro %}

{#-
    The current version of every fact of a feed: the newest one, unless it closes the fact.

    `patient_key` leads the partition, so a filter on patients reaches the index of the
    raw table instead of stopping at the window. A fact that moved to another patient
    (a result posted to the wrong one) therefore has a newest version under each of
    them; only the newest of all counts. Loads tell which facts moved, so that nobody
    looks for a newer version of all the others.
-#}
{% macro current_versions(feed, has_patient=true) -%}
    select ranked.*
    from (
        select
            versions.*,
            row_number() over (
                partition by
                    {%- if has_patient %} versions.patient_key,{% endif %}
                    versions.source_system,
                    versions.record_id
                order by {{ version_order() }}
            ) as version_rank
        from {{ source(source_of_feed(feed, has_patient), feed) }} as versions
    ) as ranked
    where
        ranked.version_rank = 1
        and not ranked.is_closed
        {%- if has_patient %}
        and (
            {{ is_never_moved(feed, 'ranked') }}
            or not exists (
                select 1
                from {{ source(source_of_feed(feed, has_patient), feed) }} as moved
                where
                    moved.source_system = ranked.source_system
                    and moved.record_id = ranked.record_id
                    and moved.patient_key <> ranked.patient_key
                    and (
                        moved.version_at,
                        moved.adapter_revision,
                        not moved.is_closed,
                        moved.content_hash
                    ) > (
                        ranked.version_at,
                        ranked.adapter_revision,
                        not ranked.is_closed,
                        ranked.content_hash
                    )
            )
        )
        {%- endif %}
{%- endmacro %}

{#- Whether every version of a fact came under one patient key, as loads tell. -#}
{% macro is_never_moved(feed, relation) -%}
    ({{ relation }}.source_system, {{ relation }}.record_id) not in (
                select
                    source_system,
                    record_id
                from {{ source('raw', 'moved_facts') }}
                where feed = '{{ feed }}'
            )
{%- endmacro %}

{#-
    Facts of patients are read by person: views of schema `persons` show them under the
    key that the person goes on under. The merges themselves are read as they landed.
-#}
{% macro source_of_feed(feed, has_patient=true) -%}
    {{ return('persons' if has_patient and feed != 'patient_links' else 'raw') }}
{%- endmacro %}
