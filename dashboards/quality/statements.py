"""The SQL of the quality pages: books and results of checks, counts without values."""

SOURCES = """
    select source_system
    from raw.source
    order by source_system collate "C"
"""
LOADS = """
    with

    files as (
        select
            delivery_id,
            count(*) as files_count,
            cast(sum(records) as bigint) as records,
            cast(sum(mapped) as bigint) as mapped,
            cast(sum(excluded) as bigint) as excluded,
            cast(sum(refused) as bigint) as refused_records
        from raw.delivery_file
        group by delivery_id
    ),

    feed_rows as (
        select
            file.delivery_id,
            cast(sum(feed.made) as bigint) as made,
            cast(sum(feed.landed) as bigint) as landed,
            cast(sum(feed.unchanged) as bigint) as unchanged,
            cast(sum(feed.refused) as bigint) as refused_rows
        from raw.delivery_feed as feed
        inner join raw.delivery_file as file
            on feed.file_id = file.file_id
        group by file.delivery_id
    ),

    checks as (
        select
            delivery_id,
            count(*) filter (where not success) as broken_rules
        from quality.expectation_result
        group by delivery_id
    )

    select
        delivery.delivery_id,
        delivery.source_system,
        delivery.status,
        delivery.held_because,
        delivery.received_at,
        delivery.landed_at,
        delivery.is_replay,
        coalesce(files.files_count, 0) as files_count,
        coalesce(files.records, 0) as records,
        coalesce(files.mapped, 0) as mapped,
        coalesce(files.excluded, 0) as excluded,
        coalesce(files.refused_records, 0) as refused_records,
        coalesce(feed_rows.made, 0) as made,
        coalesce(feed_rows.landed, 0) as landed,
        coalesce(feed_rows.unchanged, 0) as unchanged,
        coalesce(feed_rows.refused_rows, 0) as refused_rows,
        coalesce(checks.broken_rules, 0) as broken_rules
    from raw.delivery as delivery
    left join files on delivery.delivery_id = files.delivery_id
    left join feed_rows on delivery.delivery_id = feed_rows.delivery_id
    left join checks on delivery.delivery_id = checks.delivery_id
    where %(source)s::text is null or delivery.source_system = %(source)s
    order by delivery.delivery_id desc
    limit %(most)s
"""
FILES = """
    select
        file.file_id,
        coalesce(file.table_name, 'no table of this source') as table_name,
        file.verdict,
        file.problem,
        file.records,
        file.mapped,
        file.excluded,
        file.refused
    from raw.delivery_file as file
    where file.delivery_id = %(delivery_id)s
    order by file.refused desc, file.records desc, file.file_id
"""
# Who decided about the threshold of a check, the latest first.
THRESHOLD_STORY = "select * from quality.threshold_story(%(check_id)s)"
# Rules of each feed's latest load of a source, with the loads before for a trend.
CHECKS = """
    select
        delivery_id,
        source_system,
        delivery_status,
        landed_at,
        feed,
        rule_name,
        expectation_type,
        severity,
        kahn_category,
        reason,
        element_count,
        unexpected_count,
        previous_unexpected_count,
        is_met,
        change_code,
        loads_ago
    from quality.judged_rule
    where source_system = %(source)s and loads_ago <= %(loads)s
    order by feed collate "C", rule_name collate "C", delivery_id
"""
# What was found last of a source, and of relations that name none: by the scan of the
# marts, or by comparing its loads with those before.
LATEST_CHECKS = """
    select
        definition.check_id,
        definition.level,
        definition.subject,
        definition.sentence,
        definition.severity,
        definition.threshold,
        definition.threshold_origin,
        definition.share,
        definition.signed_version,
        definition.signed_by,
        definition.signed_at,
        definition.owner,
        definition.reason,
        definition.kahn_category,
        found.state,
        found.applicable_count,
        found.broken_count
    from quality.latest_check as found
    inner join quality.check_definition as definition
        on found.check_id = definition.check_id
    where definition.level = any(%(levels)s)
        and found.source_system in (%(source)s, '')
    order by
        definition.severity, definition.subject collate "C",
        definition.check_id collate "C"
"""
# What became of refused records, in states that sum up.
REFUSED_BALANCE = """
    select
        delivery_id,
        source_system,
        feed,
        rules,
        refused_count,
        waiting_count,
        released_count,
        discarded_count
    from quarantine.balance
"""
SOURCES_OF_REFUSED = """
    select source_system, adapter
    from raw.source
    where exists (
        select from quarantine.row as refused
        where refused.source_system = source.source_system
            and refused.status = 'waiting'
    )
    order by source_system collate "C"
"""
REFUSED_COUNTS = """
    select
        refused.delivery_id,
        refused.source_system,
        delivery.landed_at,
        refused.feed,
        rule.name as rule_name,
        count(*) as rows_count
    from quarantine.row as refused
    inner join raw.delivery as delivery
        on refused.delivery_id = delivery.delivery_id
    cross join lateral unnest(string_to_array(refused.rules, ', ')) as rule (name)
    group by
        refused.delivery_id, refused.source_system, delivery.landed_at, refused.feed,
        rule.name
    order by refused.delivery_id desc, refused.feed collate "C"
"""
