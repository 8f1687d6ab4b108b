"""What the results viewer reads, through the login of the person and the audit.

First little of every result, then all of those that are asked for. What has been read
is kept for a minute in the person's own session, as everywhere.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.viewer.lines import Line, lines_of, with_lines
from dashboards.viewer.sheet import in_words
from dashboards.viewer.statements import (
    GRAPH_STATEMENTS,
    KNOWN_STATEMENTS,
    ORIGIN,
    SHOWN_STATEMENTS,
)
from pipelines.access.identity import Identity
from pipelines.access.reading import Query, Reading

KEPT_SECONDS = 60
# All under names that a change of rights forgets.
KEPT = "kept_viewer_"
PAGE, GRAPH_PAGE, ORIGIN_PAGE = "results", "trends of results", "origin of a result"


@dataclass(frozen=True)
class Known:
    """What is known of a patient's results: which there are, in which lines."""

    patient: pd.Series
    identity: Identity
    results: pd.DataFrame
    lines: Sequence[Line]
    freshness: pd.DataFrame
    hidden: pd.DataFrame

    @property
    def patient_key(self) -> int:
        """Return whose results they are."""
        return int(self.patient.patient_key)

    def of_lines(self, lines: Collection[Line]) -> pd.DataFrame:
        """Return the results that stand in some lines."""
        keys = {line.key for line in lines}
        return self.results[self.results["line_key"].isin(keys)]


def known_results(patient_key: int) -> Known | None:
    """Return what is known of a patient's results; None if this person may not see."""
    parameters = {"patient_key": patient_key}
    return _kept("known", (patient_key,), lambda: _known(parameters))


def shown_results(patient_key: int, asked: pd.DataFrame) -> pd.DataFrame:
    """Return those asked for of the known results, in words, with their lines."""
    keys = tuple(asked["lab_result_key"])
    reading = _kept(
        "shown",
        (patient_key, keys),
        lambda: _read(PAGE, SHOWN_STATEMENTS, patient_key, keys),
    )
    return _worded(reading.frames["shown"], asked)


def graphed_results(
    patient_key: int, asked: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the results of a graph, in words, and the medicines to draw below."""
    keys = tuple(asked["lab_result_key"])
    reading = _kept(
        "graphed",
        (patient_key, keys),
        lambda: _read(GRAPH_PAGE, GRAPH_STATEMENTS, patient_key, keys),
    )
    frames = reading.frames
    return _worded(frames["shown"], asked), frames["medicines"]


def origin_of(patient_key: int, lab_result_key: str) -> pd.Series | None:
    """Return where a result came from; None if it may not be seen any more."""
    parameters = {"patient_key": patient_key, "lab_result_key": lab_result_key}
    reading = _kept(
        "origin",
        (patient_key, lab_result_key),
        lambda: session.reader().read(
            ORIGIN_PAGE, {"origin": Query(ORIGIN, parameters)}, [patient_key]
        ),
    )
    origin = reading.frames["origin"]
    return None if origin.empty else origin.iloc[0]


def _known(parameters: Mapping[str, Any]) -> Known | None:
    patient_key = parameters["patient_key"]
    queries = {
        name: Query(statement, {} if name == "panels" else parameters)
        for name, statement in KNOWN_STATEMENTS.items()
    }
    reading = session.reader().read(PAGE, queries, [patient_key])
    frames = reading.frames
    if frames["patient"].empty:
        return None
    results = with_lines(frames["known"])
    return Known(
        frames["patient"].iloc[0],
        reading.identities.get(patient_key, Identity()),
        results,
        lines_of(results, frames["panels"]),
        frames["freshness"],
        frames["hidden"],
    )


def _read(
    page: str, statements: Mapping[str, str], patient_key: int, keys: Sequence[str]
) -> Reading:
    parameters = {"patient_key": patient_key, "lab_result_keys": list(keys)}
    queries = {
        name: Query(statement, parameters) for name, statement in statements.items()
    }
    return session.reader().read(page, queries, [patient_key])


def _worded(shown: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Return results in words, each with the key of the line that it stands in."""
    lines = asked.set_index("lab_result_key")["line_key"]
    told = in_words(shown)
    return told.assign(line_key=told["lab_result_key"].map(lines))


def _kept(name: str, asked: tuple[Any, ...], read: Any) -> Any:
    """Return what was read for the same question within the minute, else read it."""
    kept_for, kept_at, kept = st.session_state.get(KEPT + name, (None, 0.0, None))
    if kept_for == asked and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    found = read()
    st.session_state[KEPT + name] = (asked, time.monotonic(), found)
    return found
