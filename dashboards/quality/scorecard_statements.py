"""The SQL of the scorecard: counts of checks by source, feed or mart, and cell."""

SCORECARD = """
    select
        source_system,
        subject,
        kahn_category,
        cast(sum(passed_count) as bigint) as passed,
        cast(sum(failed_count) as bigint) as failed,
        cast(sum(not_applicable_count) as bigint) as not_applicable,
        cast(sum(applicable_count) filter (where measured_in <> 'series') as bigint)
            as rows_judged,
        cast(sum(broken_count) filter (where measured_in <> 'series') as bigint)
            as rows_broken,
        max(day) as last_judged_on
    from quality.scorecard
    group by source_system, subject, kahn_category
    order by
        source_system collate "C", subject collate "C", kahn_category collate "C"
"""
# The last state of each cell in each day or month.
HISTORY = """
    with

    placed as (
        select
            kept.*,
            cast(date_trunc(%(period)s, kept.day) as date) as period_day,
            row_number() over (
                partition by
                    kept.source_system,
                    kept.measured_in,
                    kept.subject,
                    kept.kahn_category,
                    date_trunc(%(period)s, kept.day)
                order by kept.day desc
            ) as days_ago
        from quality.scorecard_day as kept
        where kept.day >= %(since)s
            and (
                %(source)s::text is null
                or kept.source_system = %(source)s
            )
    )

    select
        source_system,
        measured_in,
        subject,
        period_day,
        cast(sum(passed_count) as bigint) as passed,
        cast(sum(failed_count) as bigint) as failed
    from placed
    where days_ago = 1
    group by source_system, measured_in, subject, period_day
    order by period_day
"""
FAILING = """
    select
        found.check_id,
        definition.subject,
        definition.level,
        definition.sentence,
        definition.severity,
        definition.kahn_category,
        found.applicable_count,
        found.broken_count
    from quality.latest_check as found
    inner join quality.check_definition as definition
        on found.check_id = definition.check_id
    where found.state = 'failed'
        and found.source_system = %(source)s
        and definition.subject = %(subject)s
    order by
        definition.kahn_category collate "C", found.broken_count desc nulls last,
        found.check_id collate "C"
"""
