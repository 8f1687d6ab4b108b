"""The SQL of the report of a month: counts by source, from ``since`` until ``until``.

Days, of scorecards, are those of the installation's time zone; ``first_day`` and
``day_after`` are the same month in days, ``day_before`` begins the month before.
"""

DELIVERIES = """
    with

    files as (
        select
            file.delivery_id,
            cast(sum(file.byte_count) as bigint) as byte_count,
            cast(sum(file.records) as bigint) as records,
            cast(sum(file.refused) as bigint) as refused_whole
        from raw.delivery_file as file
        group by file.delivery_id
    ),

    feed_rows as (
        select
            file.delivery_id,
            cast(sum(feed.landed) as bigint) as landed,
            cast(sum(feed.unchanged) as bigint) as unchanged,
            cast(sum(feed.refused) as bigint) as refused
        from raw.delivery_feed as feed
        inner join raw.delivery_file as file
            on feed.file_id = file.file_id
        group by file.delivery_id
    )

    select
        source.source_system,
        count(delivery.delivery_id) filter (
            where delivery.status = 'landed' and not delivery.is_replay
        ) as landed_count,
        count(delivery.delivery_id) filter (where delivery.status = 'held')
            as held_count,
        count(delivery.delivery_id) filter (where delivery.is_replay)
            as replays_count,
        cast(coalesce(sum(files.byte_count), 0) as bigint) as byte_count,
        cast(coalesce(sum(files.records), 0) as bigint) as records,
        cast(coalesce(sum(feed_rows.landed), 0) as bigint) as landed,
        cast(coalesce(sum(feed_rows.unchanged), 0) as bigint) as unchanged,
        cast(
            coalesce(sum(feed_rows.refused), 0)
            + coalesce(sum(files.refused_whole), 0) as bigint
        ) as refused,
        max(delivery.landed_at) filter (where delivery.status = 'landed')
            as last_landed_at
    from raw.source as source
    left join raw.delivery as delivery
        on source.source_system = delivery.source_system
        and delivery.landed_at >= %(since)s
        and delivery.landed_at < %(until)s
    left join files on delivery.delivery_id = files.delivery_id
    left join feed_rows on delivery.delivery_id = feed_rows.delivery_id
    group by source.source_system
    order by source.source_system collate "C"
"""
LATE = """
    select
        source_system,
        subject,
        count(*) filter (where life_code in ('new', 'reopened')) as late_count,
        max(measured_at) as last_at
    from quality.incident_measure
    where check_id like '%%:series:rhythm'
        and measured_at >= %(since)s
        and measured_at < %(until)s
        and life_code <> 'resolved'
    group by source_system, subject
    order by source_system collate "C", subject collate "C"
"""
# How each cell stood at the end of the month, and of the month before.
SCORES = """
    with

    ends as (
        select
            kept_day.*,
            kept_day.day >= %(first_day)s as is_this_month,
            row_number() over (
                partition by
                    kept_day.day >= %(first_day)s,
                    kept_day.source_system,
                    kept_day.measured_in,
                    kept_day.subject,
                    kept_day.kahn_category
                order by kept_day.day desc
            ) as days_ago,
            max(kept_day.run_number) over (
                partition by kept_day.day >= %(first_day)s, kept_day.measured_in
            ) as last_run
        from quality.scorecard_day as kept_day
        where kept_day.day >= %(day_before)s and kept_day.day < %(day_after)s
    )

    select
        source_system,
        kahn_category,
        cast(sum(passed_count) filter (where is_this_month) as bigint) as passed,
        cast(sum(failed_count) filter (where is_this_month) as bigint) as failed,
        cast(sum(not_applicable_count) filter (where is_this_month) as bigint)
            as not_applicable,
        cast(sum(passed_count) filter (where not is_this_month) as bigint)
            as passed_before,
        cast(sum(failed_count) filter (where not is_this_month) as bigint)
            as failed_before
    from ends
    where days_ago = 1 and (measured_in <> 'build' or run_number = last_run)
    group by source_system, kahn_category
    order by source_system collate "C", kahn_category collate "C"
"""
COURSE = """
    select
        source_system,
        day,
        cast(sum(passed_count) as bigint) as passed,
        cast(sum(failed_count) as bigint) as failed
    from quality.scorecard_day
    where day >= %(first_day)s and day < %(day_after)s
    group by source_system, day
    order by source_system collate "C", day
"""
TURNS = """
    select
        source_system,
        count(*) filter (where life_code = 'new') as new_count,
        count(*) filter (where life_code = 'reopened') as reopened_count,
        count(*) filter (where life_code = 'worse') as worse_count,
        count(*) filter (where life_code = 'resolved') as resolved_count
    from quality.incident_measure
    where measured_at >= %(since)s and measured_at < %(until)s
    group by source_system
    order by source_system collate "C"
"""
INCIDENTS = """
    select
        source_system,
        check_id,
        measured_in,
        subject,
        severity,
        sentence,
        state_code,
        opened_at,
        applicable_count,
        broken_count,
        patients_count
    from quality.incident_states()
    where state_code <> 'resolved'
    order by
        array_position(array['critical', 'warning', 'info'], severity),
        coalesce(patients_count, broken_count, 0) desc,
        source_system collate "C",
        check_id collate "C"
"""
DECISIONS = """
    select
        source_system,
        action,
        count(distinct act_id) as acts_count,
        cast(sum(rows_count) as bigint) as rows_count,
        cast(sum(released_count) as bigint) as released_count,
        cast(sum(discarded_count) as bigint) as discarded_count,
        cast(sum(waiting_count) as bigint) as waiting_count
    from quarantine.decision
    where decided_at >= %(since)s and decided_at < %(until)s
    group by source_system, action
    order by source_system collate "C", action
"""
REPORTED = """
    select source_system, reported_count, answered_count, open_count, median_hours
    from quality.answered_reports(%(since)s, %(until)s)
    order by source_system collate "C"
"""
PROOFS = """
    select
        build_id,
        max(proved_at) as proved_at,
        count(*) filter (where state = 'equal') as equal,
        count(*) filter (where state = 'different') as different,
        count(*) filter (where state = 'not_applicable') as not_applicable
    from quality.rebuild_proof
    where proved_at >= %(since)s and proved_at < %(until)s
    group by build_id
    order by build_id
"""
MONTH_STATEMENTS = {
    "deliveries": DELIVERIES,
    "late": LATE,
    "scores": SCORES,
    "course": COURSE,
    "turns": TURNS,
    "incidents": INCIDENTS,
    "decisions": DECISIONS,
    "reported": REPORTED,
    "proofs": PROOFS,
}
