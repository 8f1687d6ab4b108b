"""The SQL of the report of one delivery: its books and results, counts alone."""

from pipelines.access.delivered_records import EXCLUSIONS, FEEDS

DELIVERY = """
    select
        delivery_id,
        source_system,
        adapter,
        status,
        held_because,
        is_replay,
        received_at,
        landed_at
    from raw.delivery
    where delivery_id = %(delivery_id)s
"""
# By the table that a file stands for: a file's own name may be a patient's.
FILES = """
    select
        coalesce(file.table_name, 'no table of this source') as table_name,
        file.verdict,
        count(*) as files_count,
        cast(sum(file.byte_count) as bigint) as byte_count,
        cast(sum(file.records) as bigint) as records,
        cast(sum(file.mapped) as bigint) as mapped,
        cast(sum(file.excluded) as bigint) as excluded,
        cast(sum(file.refused) as bigint) as refused
    from raw.delivery_file as file
    where file.delivery_id = %(delivery_id)s
    group by file.table_name, file.verdict
    order by sum(file.records) desc, file.table_name collate "C", file.verdict
"""
CELLS = """
    select
        kahn_category,
        count(*) filter (where state = 'passed') as passed,
        count(*) filter (where state = 'failed') as failed,
        count(*) filter (where state = 'not_applicable') as not_applicable
    from quality.expectation_result
    where delivery_id = %(delivery_id)s
    group by kahn_category
    order by kahn_category collate "C"
"""
BROKEN_RULES = """
    select
        feed,
        result #>> '{expectation_config,meta,rule}' as check_id,
        severity,
        element_count,
        unexpected_count
    from quality.expectation_result
    where delivery_id = %(delivery_id)s and state = 'failed'
    order by
        unexpected_count desc nulls last, feed collate "C", position
"""
SERIES = """
    select
        split_part(found.check_id, ':', 1) as feed,
        definition.sentence,
        found.check_id,
        found.applicable_count,
        found.broken_count
    from quality.series_check_result as found
    left join quality.check_definition as definition
        on found.check_id = definition.check_id
    where found.delivery_id = %(delivery_id)s and found.state = 'failed'
    order by found.check_id collate "C"
"""
INCIDENTS = """
    select
        measure.check_id,
        measure.subject,
        measure.measured_in,
        measure.life_code,
        measure.applicable_count,
        measure.broken_count,
        definition.sentence
    from quality.incident_measure as measure
    left join quality.check_definition as definition
        on measure.check_id = definition.check_id
    where measure.run_number = %(delivery_id)s
        and measure.measured_in in ('load', 'series')
        and measure.source_system = (
            select source_system
            from raw.delivery
            where delivery_id = %(delivery_id)s
        )
    order by measure.life_code, measure.check_id collate "C"
"""
QUARANTINE = """
    select
        feed,
        cast(sum(refused_count) as bigint) as refused_count,
        cast(sum(waiting_count) as bigint) as waiting_count,
        cast(sum(released_count) as bigint) as released_count,
        cast(sum(discarded_count) as bigint) as discarded_count
    from quarantine.balance
    where delivery_id = %(delivery_id)s
    group by feed
    order by sum(refused_count) desc, feed collate "C"
"""
DECISIONS = """
    select
        decision.decided_at,
        decision.decided_by,
        decision.decided_by_role,
        decision.action,
        cast(sum(held.records) as bigint) as records,
        cast(sum(held.records) filter (where held.status = 'waiting') as bigint)
            as waiting_count
    from quarantine.row as held
    inner join quarantine.decision as decision
        on held.decision_id = decision.decision_id
    where held.delivery_id = %(delivery_id)s
    group by decision.decision_id
    order by decision.decided_at, decision.decision_id
"""
DELIVERY_STATEMENTS = {
    "delivery": DELIVERY,
    "files": FILES,
    "exclusions": EXCLUSIONS,
    "feeds": FEEDS,
    "cells": CELLS,
    "broken_rules": BROKEN_RULES,
    "series": SERIES,
    "incidents": INCIDENTS,
    "quarantine": QUARANTINE,
    "decisions": DECISIONS,
}
