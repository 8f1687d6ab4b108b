"""Rows of the worklist with the findings behind each, and those just acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards.pending import acknowledged_just_now
from pipelines.record.actions.acknowledging import PendingAcknowledgement

Reading = tuple[str, str]  # key of a result, digest of what is read there


@dataclass(frozen=True)
class OpenResults:
    """Results that wait for a doctor, one row per patient and analyte.

    ``rows`` are open; ``waiting`` were acknowledged just now, before the marts.
    """

    rows: pd.DataFrame
    waiting: pd.DataFrame
    findings: pd.DataFrame
    pending: Mapping[Reading, PendingAcknowledgement]

    def findings_of(self, patient_key: int, analyte_code: str) -> pd.DataFrame:
        """Return the findings behind a row that the marts hold open."""
        return _of_row(self.findings, patient_key, analyte_code)

    def acknowledged_just_now(
        self, patient_key: int, analyte_code: str
    ) -> list[PendingAcknowledgement]:
        """Return the acknowledgements behind a row that are still being processed."""
        readings = _readings_in(self.findings_of(patient_key, analyte_code))
        return [self.pending[each] for each in readings if each in self.pending]


def open_results(rows: pd.DataFrame, findings: pd.DataFrame) -> OpenResults:
    """Return what the marts hold open, less what was acknowledged since."""
    saved = acknowledged_just_now(list(findings["lab_result_key"]))
    pending = {(each.lab_result_key, each.reading_hash): each for each in saved}
    behind = [
        _readings_in(_of_row(findings, row.patient_key, row.analyte_code))
        for row in rows.itertuples()
    ]
    is_waiting = pd.Series(
        [bool(readings) and pending.keys() >= set(readings) for readings in behind],
        index=rows.index,
        dtype=bool,
    )
    return OpenResults(rows[~is_waiting], rows[is_waiting], findings, pending)


def _of_row(
    findings: pd.DataFrame, patient_key: int, analyte_code: str
) -> pd.DataFrame:
    is_of_patient = findings["patient_key"] == patient_key
    return findings[is_of_patient & (findings["analyte_code"] == analyte_code)]


def _readings_in(findings: pd.DataFrame) -> list[Reading]:
    return list(zip(findings["lab_result_key"], findings["reading_hash"], strict=True))
