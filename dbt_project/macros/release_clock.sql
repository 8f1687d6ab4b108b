{#-
    Since when the hours of a release rule count for each fact of CTE `versions`: from the
    first version that says something final; without one, from the first that says
    anything; else from the first at all. So a final result that follows a preliminary one
    counts anew, and a correction of what was released stays released.

    The moment is the laboratory's (`said_at`), not when the sample was taken, and never
    later than the receipt: nothing is released before it is known.
-#}
{% macro release_clock() -%}
    select
        patient_key,
        source_system,
        record_id,
        least(coalesce(said_at, known_from), known_from) as released_counted_from,
        known_from as released_known_from
    from (
        select
            *,
            row_number() over (
                partition by patient_key, source_system, record_id
                order by
                    case
                        when is_final and has_content then 0
                        when has_content then 1
                        else 2
                    end asc,
                    version_at asc,
                    adapter_revision asc,
                    content_hash asc
            ) as place
        from versions
        where not is_closed
    ) as ranked
    where place = 1
{%- endmacro %}
