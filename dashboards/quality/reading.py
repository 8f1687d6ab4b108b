"""What the quality pages read; each read is audited, though it holds counts only."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from dashboards import session
from dashboards.quality.laboratory_statements import (
    CLOCKS,
    DELTA_CHECKS,
    FLAG_DIFFERENCES,
    JUDGEMENTS,
    SOURCES_WITH_CLOCKS,
    SOURCES_WITH_RESULTS,
    SOURCES_WITH_TURNAROUNDS,
    SPURIOUS_DRAWS,
    TURNAROUNDS,
    UNIT_MIXES,
)
from dashboards.quality.medicine_statements import (
    ALERT_COUNTS,
    DAILY_DOSES,
    DRUG_MAPPINGS,
    SHOWN_ALERTS,
    SOURCES_WITH_MEDICINES,
)
from dashboards.quality.scorecard_statements import FAILING, HISTORY, SCORECARD
from dashboards.quality.statements import (
    CHECKS,
    FILES,
    LATEST_CHECKS,
    LOADS,
    REFUSED_BALANCE,
    REFUSED_COUNTS,
    SOURCES,
    SOURCES_OF_REFUSED,
    THRESHOLD_STORY,
)
from dashboards.statements import FRESHNESS_OF_SOURCES
from pipelines.access.delivered_records import EXCLUSIONS, FEEDS
from pipelines.access.reading import Query

MOST_LOADS = 200
LOADS_OF_A_TREND = 12
DAYS_OF_A_HISTORY = {"day": timedelta(days=90), "month": timedelta(days=760)}
Frames = Mapping[str, pd.DataFrame]


def read_loads(source: str | None) -> Frames:
    """Return sources, loads (newest first) and how fresh they are."""
    parameters = {"source": source, "most": MOST_LOADS}
    return _read("loads", {"sources": SOURCES, "loads": LOADS}, parameters)


def read_load(delivery_id: int) -> Frames:
    """Return files, exclusions and feeds of one load."""
    statements = {"files": FILES, "exclusions": EXCLUSIONS, "feeds": FEEDS}
    return _read(f"load {delivery_id}", statements, {"delivery_id": delivery_id})


def read_sources() -> Frames:
    """Return the sources, and how fresh they are."""
    return _read("checks", {"sources": SOURCES}, {})


def read_checks(source: str) -> pd.DataFrame:
    """Return the judged rules of a source's last loads, oldest first."""
    parameters = {"source": source, "loads": LOADS_OF_A_TREND}
    return _read("checks", {"checks": CHECKS}, parameters)["checks"]


def read_mart_checks(source: str) -> pd.DataFrame:
    """Return what the last scan of the marts found of a source."""
    values = {"source": source, "levels": ["mart", "limit"]}
    return _read("checks of the marts", {"checks": LATEST_CHECKS}, values)["checks"]


def read_threshold(check_id: str) -> pd.DataFrame:
    """Return every decision about the threshold of a check, the latest first."""
    statements = {"story": THRESHOLD_STORY}
    return _read("threshold of a check", statements, {"check_id": check_id})["story"]


def read_series_checks(source: str) -> pd.DataFrame:
    """Return how a source's last loads compare with those before, and what is late."""
    values = {"source": source, "levels": ["series"]}
    return _read("checks of loads", {"checks": LATEST_CHECKS}, values)["checks"]


def read_scorecard() -> Frames:
    """Return how checks stand by source, subject and cell, and how fresh data is."""
    return _read("scorecard", {"card": SCORECARD}, {})


def read_history(source: str | None, period: str) -> pd.DataFrame:
    """Return how checks stood at the end of each "day" or "month"."""
    since = datetime.now(UTC).date() - DAYS_OF_A_HISTORY[period]
    values = {"source": source, "period": period, "since": since}
    return _read("scorecard", {"history": HISTORY}, values)["history"]


def read_failing(source: str, subject: str) -> pd.DataFrame:
    """Return the checks that fail of one feed or mart of a source."""
    values = {"source": source, "subject": subject}
    return _read("scorecard", {"failing": FAILING}, values)["failing"]


def read_refused_counts() -> Frames:
    """Return how many rows loads, feeds and rules have, what became, and whose wait."""
    statements = {
        "counts": REFUSED_COUNTS,
        "balance": REFUSED_BALANCE,
        "sources": SOURCES_OF_REFUSED,
    }
    return _read("refused rows, counts", statements, {})


def read_judgements(source: str | None) -> Frames:
    """Return how results are judged, of one source or all, and the sources."""
    statements = {"sources": SOURCES_WITH_RESULTS, "counts": JUDGEMENTS}
    return _read("judgement of results", statements, {"source": source})


def read_clocks(source: str) -> pd.DataFrame:
    """Return the clocks of critical results of a source: all together, then by test."""
    return _read("critical results", {"clocks": CLOCKS}, {"source": source})["clocks"]


def read_sources_with_clocks() -> list[str]:
    """Return the sources that have critical results."""
    statements = {"sources": SOURCES_WITH_CLOCKS}
    return list(_read("critical results", statements, {})["sources"]["source_system"])


def read_turnarounds(source: str, step: str, period: str) -> pd.DataFrame:
    """Return how long a step takes in a source, by test and priority."""
    values = {"source": source, "step": step, "period": period}
    return _read("turn-around times", {"times": TURNAROUNDS}, values)["times"]


def read_sources_with_turnarounds() -> list[str]:
    """Return the sources whose results are timed."""
    statements = {"sources": SOURCES_WITH_TURNAROUNDS}
    return list(_read("turn-around times", statements, {})["sources"]["source_system"])


def read_flags_and_units() -> Frames:
    """Return where flags differ from ranges, and where units seem to be mixed up."""
    statements = {"differences": FLAG_DIFFERENCES, "mixes": UNIT_MIXES}
    return _read("flags and units", statements, {})


def read_delta_checks() -> Frames:
    """Return how often delta checks raise alerts, and how often draws look spoiled."""
    statements = {"checks": DELTA_CHECKS, "draws": SPURIOUS_DRAWS}
    return _read("delta checks", statements, {})


def read_medicines(source: str | None) -> Frames:
    """Return how medicines are mapped and dosed, of one source or all; the sources."""
    statements = {
        "sources": SOURCES_WITH_MEDICINES,
        "mappings": DRUG_MAPPINGS,
        "doses": DAILY_DOSES,
    }
    return _read("medicines", statements, {"source": source})


def read_medication_alerts() -> Frames:
    """Return how many alerts each rule gives, and what came of those shown."""
    statements = {"alerts": ALERT_COUNTS, "shown": SHOWN_ALERTS}
    return _read("medication alerts, counts", statements, {})


def _read(
    page: str, statements: Mapping[str, str], values: Mapping[str, Any]
) -> Frames:
    queries = {name: Query(text, values) for name, text in statements.items()}
    queries["freshness"] = Query(FRESHNESS_OF_SOURCES, {})
    return session.reader().read(page, queries).frames
