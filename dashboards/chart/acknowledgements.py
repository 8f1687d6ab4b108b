"""Which results somebody has seen: from the marts, and those still on their way."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pandas as pd

from dashboards.chart.words import time_text
from pipelines.record.actions.acknowledging import PendingAcknowledgement

BEFORE = "before it was changed: "


def with_acknowledgements(
    results: pd.DataFrame,
    acknowledged: pd.DataFrame,
    pending: Iterable[PendingAcknowledgement],
) -> pd.DataFrame:
    """Return results with ``seen_by`` beside them: who acknowledged each, and when.

    The last one decides. One of what a result read before it was corrected says so.
    """
    ordered = acknowledged.sort_values("acknowledged_instant")
    last = {row.lab_result_key: row for row in ordered.itertuples()}
    told = {key: _text(row) for key, row in last.items()}
    readings = {
        (row.patient_key, row.lab_result_key): row.reading_hash
        for row in results.itertuples()
    }
    for each in sorted(pending, key=lambda each: each.acknowledged_at):
        reading = readings.get((each.patient_key, each.lab_result_key))
        if reading and _is_news(each, last.get(each.lab_result_key)):
            text = _pending_text(each)
            is_current = each.reading_hash == reading
            told[each.lab_result_key] = text if is_current else f"{BEFORE}{text}"
    return results.assign(
        seen_by=[told.get(key, "") for key in results["lab_result_key"]]
    )


def _is_news(each: PendingAcknowledgement, known: Any) -> bool:
    """Return whether it was made after the last one that the marts know, if any."""
    if known is None:
        return True
    return each.acknowledged_at > datetime.fromisoformat(known.acknowledged_instant)


def _pending_text(each: PendingAcknowledgement) -> str:
    return f"{each.person_name}, {time_text(each.acknowledged_at)}, being processed"


def _text(row: object) -> str:
    comment = f": {row.comment_text}" if row.comment_text else ""
    told = f"{row.person_name}, {time_text(row.acknowledged_at)}{comment}"
    return told if row.is_current_reading else f"{BEFORE}{told}"
