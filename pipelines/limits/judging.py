"""Judging laboratory results by signed limits: after a build, and when one is signed.

Counts are kept as those of any check of a mart, so incidents follow by themselves.
"""

import psycopg

from pipelines.checking.broken_rows import MOST_ROWS
from pipelines.checking.definitions import LOCK, enter_definitions
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.limits.cells import ALL, ANALYTE, LIMITED_FACTS, UNIT
from pipelines.settings import Settings

LAST_BUILD = "select max(build_id) from quality.checked_build"
# Indexes of the mart find an analyte under either code. One over both would do, but its
# statistics are not under the protection of the table's.
OF_ONE = f"""
    and (
        fact.analyte_code = %(analyte)s or fact.converted_analyte_code = %(analyte)s
    )
    and {ANALYTE} = %(analyte)s
    and {UNIT} = %(unit)s
"""
OF_SIGNED = f"""
    and ({ANALYTE}, {UNIT}) in (
        select analyte_code, unit from quality.limit_last_decided
        where action_code = 'sign'
    )
"""  # noqa: S608 - constants of ours
# PostgreSQL expects one signed limit, and reads the whole mart again for each of them:
# 50 s for 244 limits of 230,000 results.
SCAN_ONCE = "set local enable_nestloop = off"
SCAN_AS_PLANNED = "set local enable_nestloop = default"
JUDGED = f"""
    with

    fact as (
        {LIMITED_FACTS}
            {{which}}
    ),

    limited as (
        select
            decided.check_id,
            fact.source_system,
            fact.patient_key,
            fact.delivery_id,
            fact.file_id,
            fact.line_number,
            fact.number < coalesce(decided.low, fact.number)
            or fact.number > coalesce(decided.high, fact.number) as is_broken
        from fact
        inner join quality.limit_last_decided as decided
            on fact.analyte_code = decided.analyte_code
            and fact.unit = decided.unit
            and decided.age_band in ('{ALL}', fact.age_band)
            and decided.sex_code in ('{ALL}', fact.sex_code)
        where decided.action_code = 'sign'
    )
"""  # noqa: S608 - constants of ours
ENTER = """
    insert into quality.mart_check_result (
        build_id, check_id, source_system, state, rows_count, applicable_count,
        broken_count, patients_count
    )
    {judged},

    counted as (
        select
            check_id,
            source_system,
            count(*) as rows_count,
            count(*) filter (where is_broken) as broken_count,
            count(distinct patient_key) filter (where is_broken) as patients_count
        from limited
        group by check_id, source_system
    ),

    with_state as (
        select
            counted.*,
            quality.state_by_threshold(
                counted.broken_count,
                counted.rows_count,
                coalesce(threshold.share, 0),
                1
            ) as state
        from counted
        left join quality.threshold_in_force as threshold
            on counted.check_id = threshold.check_id
    )

    select
        %(build)s,
        check_id,
        source_system,
        state,
        rows_count,
        rows_count,
        broken_count,
        case when state = 'failed' then patients_count end
    from with_state
"""
ENTER_PLACES = """
    insert into quality.mart_check_row (
        build_id, check_id, source_system, position, delivery_id, file_id, line_number
    )
    {judged},

    numbered as (
        select
            limited.*,
            row_number() over (
                partition by limited.check_id, limited.source_system
                order by limited.delivery_id desc, limited.file_id, limited.line_number
            ) as position
        from limited
        where limited.is_broken and limited.delivery_id is not null
    )

    select
        %(build)s,
        numbered.check_id,
        numbered.source_system,
        numbered.position,
        numbered.delivery_id,
        numbered.file_id,
        numbered.line_number
    from numbered
    inner join quality.mart_check_result as found
        on found.build_id = %(build)s
        and numbered.check_id = found.check_id
        and numbered.source_system = found.source_system
    where numbered.position <= {most} and found.state = 'failed'
"""
OF_CELL = """
    select check_id
    from quality.limit_last_decided
    where analyte_code = %(analyte)s and unit = %(unit)s and action_code = 'sign'
"""
FORGET = "select quality.forget_limit_results(%(build)s, %(checks)s)"
FORGET_PLACES = "delete from quality.mart_check_row where check_id = any(%(checks)s)"
RENEW = "select quality.renew_incidents_of(%(build)s, %(checks)s)"


def judge_limits(connection: psycopg.Connection, build_id: int, time_zone: str) -> None:
    """Judge the results of all analytes with signed limits, in one statement.

    In the transaction of a build's checks, after all others: who signs waits from here.
    """
    connection.execute(LOCK)
    connection.execute(SCAN_ONCE)
    _enter(connection, OF_SIGNED, {"build": build_id, "zone": time_zone})
    connection.execute(SCAN_AS_PLANNED)


def judge_limits_of(settings: Settings, analyte_code: str, unit: str) -> bool:
    """Judge the results of one analyte and unit, as the last build has them.

    Returns whether there was a build to judge.
    """
    with connect(settings, Role.BUILDER) as connection:
        enter_definitions(connection)
        (build_id,) = connection.execute(LAST_BUILD).fetchone() or (None,)
        if build_id is None:
            return False
        values = {
            "build": build_id,
            "zone": settings.time_zone,
            "analyte": analyte_code,
            "unit": unit,
        }
        values["checks"] = [row[0] for row in connection.execute(OF_CELL, values)]
        connection.execute(FORGET, values)
        connection.execute(FORGET_PLACES, values)
        _enter(connection, OF_ONE, values)
        connection.execute(RENEW, values)
    return True


def _enter(
    connection: psycopg.Connection, which: str, values: dict[str, object]
) -> None:
    judged = JUDGED.format(which=which)
    connection.execute(ENTER.format(judged=judged), values)
    connection.execute(ENTER_PLACES.format(judged=judged, most=MOST_ROWS), values)
