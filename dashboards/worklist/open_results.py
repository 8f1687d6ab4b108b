"""Rows of the worklist with the findings behind each, and those just acknowledged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from dashboards.pending import acknowledged_just_now
from pipelines.record.actions.acknowledging import PendingAcknowledgement

Result = tuple[int, str]  # key of the patient, key of the result


@dataclass(frozen=True)
class OpenResults:
    """Results that wait for a doctor, one row per patient and analyte.

    ``rows`` are open; ``waiting`` were acknowledged just now, before the marts.
    ``pending`` holds what was acknowledged just now and reads so still.
    """

    rows: pd.DataFrame
    waiting: pd.DataFrame
    findings: pd.DataFrame
    pending: Mapping[Result, PendingAcknowledgement]

    def findings_of(self, patient_key: int, analyte_code: str) -> pd.DataFrame:
        """Return the findings behind a row that the marts hold open."""
        return _of_row(self.findings, patient_key, analyte_code)

    def acknowledged_just_now(
        self, patient_key: int, analyte_code: str
    ) -> list[PendingAcknowledgement]:
        """Return the acknowledgements behind a row that are still being processed."""
        results = _results_in(self.findings_of(patient_key, analyte_code))
        return [self.pending[each] for each in results if each in self.pending]


def open_results(rows: pd.DataFrame, findings: pd.DataFrame) -> OpenResults:
    """Return what the marts hold open, less what was acknowledged since."""
    saved = acknowledged_just_now(list(findings["lab_result_key"]))
    pending = _not_yet_in_marts(findings, saved)
    behind = [
        _results_in(_of_row(findings, row.patient_key, row.analyte_code))
        for row in rows.itertuples()
    ]
    is_waiting = pd.Series(
        [bool(results) and pending.keys() >= set(results) for results in behind],
        index=rows.index,
        dtype=bool,
    )
    return OpenResults(rows[~is_waiting], rows[is_waiting], findings, pending)


def _not_yet_in_marts(
    findings: pd.DataFrame, saved: Iterable[PendingAcknowledgement]
) -> dict[Result, PendingAcknowledgement]:
    """Return the last acknowledgement of each finding, where it may hide the finding.

    It may if it is of what is read there and the marts do not know it yet: of what they
    know they have judged themselves that the finding is open.
    """
    ordered = sorted(saved, key=lambda each: each.acknowledged_at)
    last = {(each.patient_key, each.lab_result_key): each for each in ordered}
    return {
        (row.patient_key, row.lab_result_key): found
        for row in findings.itertuples()
        if (found := last.get((row.patient_key, row.lab_result_key)))
        and found.reading_hash == row.reading_hash
        and _is_news(found, row)
    }


def _is_news(found: PendingAcknowledgement, finding: Any) -> bool:
    if not finding.known_acknowledged_at:
        return True
    known_at = datetime.fromisoformat(finding.known_acknowledged_at)
    return found.acknowledged_at > known_at


def _of_row(
    findings: pd.DataFrame, patient_key: int, analyte_code: str
) -> pd.DataFrame:
    is_of_patient = findings["patient_key"] == patient_key
    return findings[is_of_patient & (findings["analyte_code"] == analyte_code)]


def _results_in(findings: pd.DataFrame) -> list[Result]:
    return list(zip(findings["patient_key"], findings["lab_result_key"], strict=True))
