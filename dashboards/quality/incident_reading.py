"""What the pages of incidents and reports read; counts, words of staff, places."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboards import session
from dashboards.quality.incident_words import RANKS
from dashboards.quality.unsent_alerts import UNSENT
from dashboards.statements import FRESHNESS_OF_SOURCES
from pipelines.access.delivered_lines import Place
from pipelines.access.reading import Query

INCIDENTS = "select * from quality.incidents()"
OWNERS = "select user_id, display_name, role from quality.incident_owners()"
STORY = "select * from quality.incident_story(%(source)s, %(check_id)s)"
PLACES = """
    select file_id, line_number
    from quality.mart_check_row
    where source_system = %(source)s
        and check_id = %(check_id)s
        and file_id is not null
        and line_number is not null
    order by position
"""
REPORTS = "select * from quality.reports_to_answer()"


def read_incidents() -> tuple[pd.DataFrame, Mapping[str, pd.DataFrame], int]:
    """Return incidents, what else the page shows, and how many reports wait.

    The incident that hits most patients comes first. Where rows name no patient there
    are at most as many patients as rows, and that number counts.
    """
    queries = {
        "incidents": Query(INCIDENTS, {}),
        "owners": Query(OWNERS, {}),
        "reports": Query(REPORTS, {}),
        "unsent": Query(UNSENT, {}),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    frames = session.reader().read("incidents", queries).frames
    reports = frames["reports"]
    open_reports = reports[reports["state_code"] == "open"]
    waiting = len(open_reports[["feed", "fact_key"]].drop_duplicates())
    return by_patients(frames["incidents"]), frames, waiting


def by_patients(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return incidents by patients, then by severity, then by rows, most first."""
    most = incidents["patients_count"].fillna(incidents["broken_count"]).fillna(0)
    rank = incidents["severity"].map(RANKS)
    ordered = incidents.assign(
        most_patients=pd.to_numeric(most),
        severity_rank=rank,
        rows=pd.to_numeric(incidents["broken_count"].fillna(0)),
    )
    return ordered.sort_values(
        ["most_patients", "severity_rank", "rows", "source_system", "check_id"],
        ascending=[False, True, False, True, True],
    )


def read_story(source: str, check_id: str) -> pd.DataFrame:
    """Return what was found and decided about one incident, the latest first."""
    values = {"source": source, "check_id": check_id}
    page = f"incident {source} {check_id}"
    return session.reader().read(page, {"story": Query(STORY, values)}).frames["story"]


def read_places(source: str, check_id: str) -> Sequence[Place]:
    """Return where some rows that break a mart's check were delivered."""
    values = {"source": source, "check_id": check_id}
    page = f"incident {source} {check_id}, places"
    frame = session.reader().read(page, {"places": Query(PLACES, values)})
    places = frame.frames["places"]
    return [(int(file), int(line)) for file, line in places.itertuples(index=False)]


def read_reports() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every report of a value without whose it is, and freshness."""
    queries = {
        "reports": Query(REPORTS, {}),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    frames = session.reader().read("reported values", queries).frames
    return frames["reports"], frames["freshness"]
