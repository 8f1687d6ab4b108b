"""What the results viewer reads, through the login of the person and the audit.

First little of every result, then all of those that are asked for; as they are known
now, or as they were known at a moment. What has been read is kept for a minute in the
person's own session, as everywhere.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.result_words import value_of
from dashboards.reported.statements import INCIDENTS_OF_DATA
from dashboards.viewer import statements
from dashboards.viewer.lines import Line, lines_of, with_lines
from dashboards.viewer.sheet import Shown, in_words
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading

KEPT_SECONDS = 60
# All under names that a change of rights forgets.
KEPT = "kept_viewer_"
PAGE, GRAPH_PAGE, ORIGIN_PAGE = "results", "trends of results", "origin of a result"
# A result that its source deleted is told in these words of the marts.
AS_DELETED = {
    "displayed_flag": "INDETERMINATE",
    "displayed_flag_source": None,
    "indeterminate_reason": "status_not_usable",
    "default_indeterminate_reason": "status_not_usable",
    "result_status_code": "deleted",
    "is_usable": False,
}


@dataclass(frozen=True)
class Known:
    """What is known of a patient's results: which there are, in which lines.

    ``known_at`` is the moment at which it was known, None for now.
    """

    patient: pd.Series
    identity: Identity
    results: pd.DataFrame
    lines: Sequence[Line]
    freshness: pd.DataFrame
    hidden: pd.DataFrame
    incidents: pd.DataFrame
    known_at: datetime | None

    @property
    def patient_key(self) -> int:
        """Return whose results they are."""
        return int(self.patient.patient_key)

    def of_lines(self, lines: Collection[Line]) -> pd.DataFrame:
        """Return the results that stand in some lines."""
        keys = {line.key for line in lines}
        return self.results[self.results["line_key"].isin(keys)]


def known_results(patient_key: int, known_at: datetime | None) -> Known | None:
    """Return what is known of a patient's results; None if this person may not see."""
    return _kept(
        "known", (patient_key, known_at), lambda: _known(patient_key, known_at)
    )


def shown_results(known: Known, asked: pd.DataFrame) -> Shown:
    """Return those asked for of the known results, in words, with former values."""
    is_now = known.known_at is None
    asked_for = statements.SHOWN_NOW if is_now else statements.SHOWN_THEN
    return _shown("shown", PAGE, asked_for, known, asked)[0]


def graphed_results(known: Known, asked: pd.DataFrame) -> tuple[Shown, pd.DataFrame]:
    """Return the results of a graph, in words, and the medicines to draw below."""
    is_now = known.known_at is None
    asked_for = statements.SHOWN_NOW if is_now else statements.SHOWN_THEN
    with_medicines = asked_for | statements.OF_GRAPH
    shown, reading = _shown("graphed", GRAPH_PAGE, with_medicines, known, asked)
    return shown, reading.frames["medicines"]


def versions_of(known: Known, lab_result_key: str) -> pd.DataFrame:
    """Return every version of a result with where it came from, the first one first."""
    parameters = {"patient_key": known.patient_key, "lab_result_key": lab_result_key}
    query = Query(statements.ORIGIN, parameters)
    reading = _kept(
        "origin",
        (known.patient_key, lab_result_key),
        lambda: session.reader().read(
            ORIGIN_PAGE, {"versions": query}, [known.patient_key]
        ),
    )
    return reading.frames["versions"]


def forget_origin() -> None:
    """Read the origin of a result anew when it is asked for next."""
    st.session_state.pop(f"{KEPT}origin", None)


def _known(patient_key: int, known_at: datetime | None) -> Known | None:
    asked_for = statements.KNOWN_NOW if known_at is None else statements.KNOWN_THEN
    parameters = {"patient_key": patient_key, "known_at": known_at}
    queries = {
        name: Query(statement, parameters)
        for name, statement in (statements.OF_PATIENT | asked_for).items()
    }
    queries["panels"] = Query(statements.PANELS, {})
    queries["incidents"] = Query(INCIDENTS_OF_DATA, parameters)
    reading = session.reader().read(_page(PAGE, known_at), queries, [patient_key])
    frames = reading.frames
    if frames["patient"].empty:
        return None
    results = with_lines(_with_deleted(frames, "known"))
    return Known(
        frames["patient"].iloc[0],
        reading.identities.get(patient_key, Identity()),
        results,
        lines_of(results, frames["panels"]),
        frames["freshness"],
        frames["hidden"],
        frames["incidents"],
        known_at,
    )


def _shown(
    name: str,
    page: str,
    asked_for: Mapping[str, str],
    known: Known,
    asked: pd.DataFrame,
) -> tuple[Shown, Reading]:
    keys = tuple(asked["lab_result_key"])
    reading = _kept(
        name,
        (known.patient_key, known.known_at, keys),
        lambda: _read(_page(page, known.known_at), asked_for, known, keys),
    )
    told = in_words(_with_deleted(reading.frames, "shown"))
    lines = asked.set_index("lab_result_key")["line_key"]
    results = told.assign(line_key=told["lab_result_key"].map(lines))
    return Shown(results, _former(results, reading.frames["former"])), reading


def _read(
    page: str, asked_for: Mapping[str, str], known: Known, keys: Sequence[str]
) -> Reading:
    parameters = {
        "patient_key": known.patient_key,
        "lab_result_keys": list(keys),
        "known_at": known.known_at or datetime.now(UTC),
    }
    queries = {
        name: Query(statement, parameters) for name, statement in asked_for.items()
    }
    return session.reader().read(page, queries, [known.patient_key])


def _page(page: str, known_at: datetime | None) -> str:
    """Return what the audit calls a page, with the moment that it shows."""
    if known_at is None:
        return page
    return f"{page} as known at {known_at.isoformat(timespec='minutes')}"


def _with_deleted(frames: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Return results with those that their source deleted, in order of time."""
    deleted = frames.get("deleted")
    if deleted is None or deleted.empty:
        return frames[name]
    if name == "shown":
        deleted = deleted.assign(**AS_DELETED)
        deleted = deleted.astype({"is_usable": "boolean"})
    together = pd.concat([frames[name], deleted], ignore_index=True)
    return together.sort_values("collected_at", kind="stable", ignore_index=True)


def _former(results: pd.DataFrame, former: pd.DataFrame) -> dict[str, str]:
    """Return what each result read last before what it reads, if that was another."""
    now = dict(zip(results["lab_result_key"], results["plain_value"], strict=True))
    told: dict[str, str] = {}
    for row in former.itertuples():
        value = value_of(row)
        if value != now.get(row.lab_result_key):
            told[row.lab_result_key] = value
    return told


def _kept(name: str, asked: tuple[Any, ...], read: Any) -> Any:
    """Return what was read for the same question within the minute, else read it."""
    kept_for, kept_at, kept = st.session_state.get(KEPT + name, (None, 0.0, None))
    if kept_for == asked and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    found = read()
    st.session_state[KEPT + name] = (asked, time.monotonic(), found)
    return found
