"""Reading a patient's reports; their texts apart, each time an event of the trail."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.reports.statements import OF_REPORTS
from pipelines.access.identity import Identity
from pipelines.access.protected_text import FormerText, Texts
from pipelines.access.reading import Query

PAGE = "reports"
FEED = "imaging_reports"
KEPT_SECONDS = 60
# Under names that a change of rights forgets.
KEPT_REPORTS, KEPT_TEXTS = "kept_reports", "kept_report_texts"


@dataclass(frozen=True)
class Reports:
    """All that a patient's reports page shows but texts, read at one moment."""

    patient: pd.Series
    identity: Identity
    frames: Mapping[str, pd.DataFrame]

    @property
    def patient_key(self) -> int:
        """Return whose reports they are."""
        return int(self.patient.patient_key)


def read_reports(patient_key: int) -> Reports | None:
    """Return a patient's reports; None if this person may not see them.

    What was read is kept for a minute, as on the chart.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    kept_for, kept_at, kept = st.session_state.get(KEPT_REPORTS, (None, 0.0, None))
    if kept_for == patient_key and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    read = _read(patient_key)
    if read is not None:
        st.session_state[KEPT_REPORTS] = (patient_key, time.monotonic(), read)
    return read


def texts_of_reports(patient_key: int) -> tuple[Texts, Sequence[FormerText]]:
    """Return the texts of a patient's reports, and what former versions said.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    kept_for, kept_at, kept = st.session_state.get(KEPT_TEXTS, (None, 0.0, None))
    if kept_for == patient_key and time.monotonic() - kept_at < KEPT_SECONDS:
        return kept
    reading = session.reader().read(PAGE, {}, [patient_key], [FEED], with_former=True)
    read = reading.texts[FEED], reading.former[FEED]
    st.session_state[KEPT_TEXTS] = (patient_key, time.monotonic(), read)
    return read


def _read(patient_key: int) -> Reports | None:
    parameters = {"patient_key": patient_key}
    queries = {name: Query(each, parameters) for name, each in OF_REPORTS.items()}
    reading = session.reader().read(PAGE, queries, [patient_key])
    patients = reading.frames["patient"]
    if patients.empty:
        return None
    identity = reading.identities.get(patient_key, Identity())
    return Reports(patients.iloc[0], identity, reading.frames)
