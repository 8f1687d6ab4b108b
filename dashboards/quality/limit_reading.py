"""What the page of limits reads: counts and quantiles of many patients, decisions."""

from typing import NamedTuple

import pandas as pd

from dashboards import session
from dashboards.statements import FRESHNESS_OF_SOURCES
from pipelines.access.reading import Query

# Of each cell the newest proposal: a limit may be in force that is no longer learned.
# The cells of one analyte and unit: all ages first, then the bands from young to old.
PROPOSALS = """
    with

    newest as (
        select distinct on (analyte_code, unit, age_band, sex_code) *
        from quality.limit_proposal
        order by analyte_code, unit, age_band, sex_code, learned_at desc
    )

    select *
    from newest
    order by
        analyte_name collate "C",
        analyte_code collate "C",
        unit collate "C",
        array_position(
            array[
                'all', 'newborn', 'infant', 'from_1_to_5', 'from_6_to_11',
                'from_12_to_17', 'adult'
            ],
            age_band
        ),
        sex_code collate "C"
"""
STORY = "select * from quality.limit_story()"
FOUND = """
    select
        check_id,
        cast(sum(applicable_count) as bigint) as rows_count,
        cast(sum(broken_count) as bigint) as broken_count
    from quality.latest_check
    where split_part(check_id, ':', 2) = 'limit'
    group by check_id
"""
BARS = """
    select position, from_value, to_value, rows_count
    from quality.limit_histogram
    where proposal_id = %(proposal_id)s
    order by position
"""


class LimitFrames(NamedTuple):
    """Proposals, decisions with what the last build found, and how fresh data are."""

    proposals: pd.DataFrame
    story: pd.DataFrame
    found: pd.DataFrame
    freshness: pd.DataFrame


def read_limits() -> LimitFrames:
    """Return what is proposed, what was decided, and what the last build found."""
    queries = {
        "proposals": Query(PROPOSALS, {}),
        "story": Query(STORY, {}),
        "found": Query(FOUND, {}),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    frames = session.reader().read("limits", queries).frames
    return LimitFrames(*(frames[name] for name in LimitFrames._fields))


def read_bars(proposal_id: int) -> pd.DataFrame:
    """Return the bars of a proposal's picture, each of at least five patients."""
    values = {"proposal_id": proposal_id}
    page = f"picture of proposed limits {proposal_id}"
    frame = session.reader().read(page, {"bars": Query(BARS, values)}).frames["bars"]
    return frame.astype({"from_value": float, "to_value": float})
