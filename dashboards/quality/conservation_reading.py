"""What the page of conservation reads: counts of the last night, step by step."""

import pandas as pd

from dashboards import session
from dashboards.statements import FRESHNESS_OF_SOURCES
from pipelines.access.reading import Query

STEPS = """
    select
        step.source_system,
        step.subject,
        step.step_code,
        step.state,
        step.before_count,
        step.after_count,
        step.missing_count,
        step.extra_count,
        run.run_at,
        definition.sentence,
        definition.reason
    from quality.conservation as step
    inner join quality.conservation_run as run
        on step.run_id = run.run_id
    left join quality.check_definition as definition
        on 'conservation:' || step.step_code = definition.check_id
    where run.run_id = (
        select max(latest.run_id)
        from quality.conservation_run as latest
        where latest.looked_at = 'warehouse'
    )
    order by step.source_system collate "C", step.subject collate "C"
"""
PARTS = """
    select
        part.source_system,
        part.subject,
        part.step_code,
        part.part_code,
        part.part_count
    from quality.conservation_part as part
    where part.run_id = (
        select max(latest.run_id)
        from quality.conservation_run as latest
        where latest.looked_at = 'warehouse'
    )
    order by part.part_count desc, part.part_code collate "C"
"""
# The same bytes, delivered again, are in the archive once.
ARCHIVED = """
    select
        entry.source_system,
        cast(sum(entry.byte_count) as bigint) as byte_count,
        min(entry.received_at) as first_at,
        max(entry.received_at) as last_at
    from (
        select distinct
            delivery.source_system,
            file.archive_address,
            file.byte_count,
            file.received_at
        from raw.delivery_file as file
        inner join raw.delivery as delivery
            on file.delivery_id = delivery.delivery_id
        where file.archive_address is not null
    ) as entry
    group by entry.source_system
"""
RECORD_RUN = """
    select max(run_at) as run_at
    from quality.conservation_run
    where looked_at = 'record'
"""
# The last days of change, and every other that differs.
DAYS = """
    with

    numbered as (
        select
            days.changed_on,
            row_number() over (order by days.changed_on desc) as days_ago
        from (
            select distinct changed_on from quality.record_reconciliation
        ) as days
    )

    select
        compared.feed,
        compared.changed_on,
        compared.state,
        compared.record_count,
        compared.warehouse_count,
        compared.missing_count,
        compared.extra_count,
        compared.different_count,
        compared.refused_count,
        compared.waiting_count,
        numbered.days_ago
    from quality.record_reconciliation as compared
    inner join numbered
        on compared.changed_on = numbered.changed_on
    where numbered.days_ago <= %(days)s or compared.state = 'different'
    order by compared.feed collate "C", compared.changed_on
"""
SUMS = """
    select
        count(*) as days_count,
        cast(coalesce(sum(record_count), 0) as bigint) as entries_count,
        count(*) filter (where state = 'different') as different_days,
        cast(coalesce(sum(waiting_count), 0) as bigint) as waiting_count,
        cast(coalesce(sum(refused_count), 0) as bigint) as refused_count
    from quality.record_reconciliation
"""
SHOWN_DAYS = 28


def read_conservation() -> dict[str, pd.DataFrame]:
    """Return steps and parts of the last run, and days of the record."""
    queries = {
        "steps": Query(STEPS, {}),
        "parts": Query(PARTS, {}),
        "archived": Query(ARCHIVED, {}),
        "record_run": Query(RECORD_RUN, {}),
        "days": Query(DAYS, {"days": SHOWN_DAYS}),
        "sums": Query(SUMS, {}),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    return session.reader().read("conservation", queries).frames
