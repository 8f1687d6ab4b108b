{#- Versions of one fact from the first on: the order of version_order, turned round. -#}
{% macro versions_from_the_first() -%}
    partition by patient_key, source_system, record_id
    order by
        version_at asc, adapter_revision asc, is_closed desc, content_hash asc
{%- endmacro %}

{#-
    Whether two rows of fct_medications_taken, or of what is made of it, are of one time
    and were known at one time. What ends at the moment that another begins is not taken
    together with it.
-#}
{% macro are_taken_together(first, second) -%}
    {{ first }}.taken_from < {{ second }}.taken_until
    and {{ second }}.taken_from < {{ first }}.taken_until
    and (
        {{ first }}.known_until is null
        or {{ second }}.known_from < {{ first }}.known_until
    )
    and (
        {{ second }}.known_until is null
        or {{ first }}.known_from < {{ second }}.known_until
    )
{%- endmacro %}

{#-
    Spans in which the running sum of `changes` (a row per patient, instant and the `amount`
    that the sum changes by) is at least `limit`: `began_at`, `ended_at`, `highest`. Rows of
    one instant count together, so that going from one order to the next is no peak.
-#}
{% macro spans_from(changes, limit) -%}
    select
        patient_key,
        span_number,
        min(changed_at) as began_at,
        max(next_changed_at) as ended_at,
        max(total) as highest
    from (
        select
            with_limit.*,
            sum(case when is_reached and not was_reached then 1 else 0 end) over (
                partition by patient_key
                order by changed_at
                rows between unbounded preceding and current row
            ) as span_number
        from (
            select
                with_total.*,
                total >= {{ limit }} as is_reached,
                coalesce(
                    lag(total) over (
                        partition by patient_key order by changed_at
                    ) >= {{ limit }}, false
                ) as was_reached
            from (
                select
                    by_instant.*,
                    sum(amount) over (
                        partition by patient_key
                        order by changed_at
                        rows between unbounded preceding and current row
                    ) as total,
                    lead(changed_at) over (
                        partition by patient_key order by changed_at
                    ) as next_changed_at
                from (
                    select
                        patient_key,
                        changed_at,
                        sum(amount) as amount
                    from {{ changes }}
                    group by patient_key, changed_at
                ) as by_instant
            ) as with_total
        ) as with_limit
    ) as numbered
    where
        is_reached
        and next_changed_at is not null
    group by patient_key, span_number
{%- endmacro %}
