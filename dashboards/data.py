"""Every query of the pages. Reads through the signed-in person's own login.

What a page has read is kept for a minute in the person's own session, never in a cache
that sessions share: two people must not see each other's patients.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.acknowledgements import with_acknowledgements
from dashboards.chart.statements import CHART_STATEMENTS
from dashboards.pending import (
    Saved,
    acknowledged_just_now,
    saved_just_now,
    state_of_marts,
)
from dashboards.statements import FRESHNESS_OF_SOURCES, LISTED_PATIENTS, MY_PATIENTS
from pipelines.access.identity import Identity
from pipelines.access.protected_text import Texts
from pipelines.access.reading import Query, Reading

KEPT_SECONDS = 60
KEPT_CHART = "kept_chart"
KEPT_FRESHNESS = "kept_freshness"
KEPT_TEXTS = "kept_texts"


@dataclass(frozen=True)
class PatientList:
    """Patients to choose from, with who they are."""

    patients: pd.DataFrame
    identities: Mapping[int, Identity]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nobody."""
        return self.patients.empty

    def identity_of(self, patient_key: int) -> Identity:
        """Return who a patient is, as far as that is known here."""
        return self.identities.get(patient_key, Identity())

    def narrowed(self, text: str) -> "PatientList":
        """Return those whose name or number contains a text."""
        wanted = text.strip().casefold()
        is_wanted = [
            wanted in f"{who.full_name} {who.record_number}".casefold()
            for who in map(self.identity_of, self.patients["patient_key"])
        ]
        return replace(self, patients=self.patients[is_wanted])

    def by_name(self) -> "PatientList":
        """Return them in the order of their names."""
        order = self.patients["patient_key"].map(
            lambda key: self.identity_of(key).full_name.casefold()
        )
        sorted_index = order.sort_values(kind="stable").index
        return replace(self, patients=self.patients.loc[sorted_index])


@dataclass(frozen=True)
class Chart:
    """All that a patient's chart shows, read at one moment."""

    patient: pd.Series
    identity: Identity
    frames: Mapping[str, pd.DataFrame]
    saved: Saved

    @property
    def patient_key(self) -> int:
        """Return whose chart it is."""
        return int(self.patient.patient_key)

    @property
    def results(self) -> pd.DataFrame:
        """Return the laboratory results, with who acknowledged each so far."""
        results = self.frames["results"]
        pending = acknowledged_just_now(list(results["lab_result_key"]))
        return with_acknowledgements(results, self.frames["acknowledgements"], pending)


def search_patients(text: str) -> PatientList:
    """Return the visible patients that a text finds, best matches first."""
    reading = session.reader().search_patients(text, LISTED_PATIENTS)
    return PatientList(reading.frames["found"], reading.identities)


def patients(patient_keys: Collection[int]) -> PatientList:
    """Return those of some patients whom the person may see, with who they are."""
    keys = sorted(patient_keys)
    queries = {"listed": Query(LISTED_PATIENTS, {"patient_keys": keys})}
    reading = session.reader().read("patient list", queries, keys)
    return PatientList(reading.frames["listed"], reading.identities)


def freshness() -> pd.DataFrame:
    """Return how fresh each source's data is, for a page that has read no patient."""
    kept_at, kept = st.session_state.get(KEPT_FRESHNESS, (0.0, None))
    if kept is not None and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    queries = {"freshness": Query(FRESHNESS_OF_SOURCES, {})}
    read = session.reader().read("freshness", queries).frames["freshness"]
    st.session_state[KEPT_FRESHNESS] = (time.monotonic(), read)
    return read


def my_patients() -> tuple[PatientList, pd.DataFrame]:
    """Return the patients of one who sees assigned patients only, and freshness."""
    queries = {
        "mine": Query(MY_PATIENTS, {}),
        "freshness": Query(FRESHNESS_OF_SOURCES, {}),
    }
    reading = session.reader().read("patient list", queries)
    frames = reading.frames
    mine = PatientList(frames["mine"], reading.identities).by_name()
    return mine, frames["freshness"]


def chart(patient_key: int) -> Chart | None:
    """Return a patient's chart; None if there is none that this person may see."""
    saved = saved_just_now(patient_key)
    reading = _kept_reading(patient_key, saved) or _read_chart(patient_key)
    patients = reading.frames["patient"]
    if patients.empty:
        return None
    identity = reading.identities.get(patient_key, Identity())
    return Chart(patients.iloc[0], identity, reading.frames, saved)


def texts_of(patient_key: int, feed: str) -> Texts:
    """Return the encrypted texts of one feed about a patient, opened and audited."""
    kept_for, kept_at, kept = st.session_state.get(KEPT_TEXTS, (None, 0.0, None))
    is_fresh = time.monotonic() - kept_at < KEPT_SECONDS
    if kept_for == (patient_key, feed) and is_fresh:
        return kept
    texts = session.reader().read("chart", {}, [patient_key], [feed]).texts[feed]
    st.session_state[KEPT_TEXTS] = ((patient_key, feed), time.monotonic(), texts)
    return texts


def _read_chart(patient_key: int) -> Reading:
    parameters = {"patient_key": patient_key}
    queries = {
        name: Query(statement, parameters)
        for name, statement in CHART_STATEMENTS.items()
    }
    state = state_of_marts()
    reading = session.reader().read("chart", queries, [patient_key])
    st.session_state[KEPT_CHART] = (patient_key, time.monotonic(), state, reading)
    return reading


def _kept_reading(patient_key: int, saved: Saved) -> Reading | None:
    """Return the chart as read before, unless the marts have been built since.

    What left the list of what is being processed must be on the chart.
    """
    kept_key, kept_at, state, reading = st.session_state.get(
        KEPT_CHART, (None, 0.0, None, None)
    )
    is_fresh = time.monotonic() - kept_at < KEPT_SECONDS
    is_same_build = saved.state is None or saved.state == state
    return reading if kept_key == patient_key and is_fresh and is_same_build else None
