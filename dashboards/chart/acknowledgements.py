"""Which results somebody has seen: from the marts, and those still on their way."""

from collections.abc import Iterable

import pandas as pd

from dashboards.chart.words import time_text
from pipelines.record.actions.acknowledging import PendingAcknowledgement


def with_acknowledgements(
    results: pd.DataFrame,
    acknowledged: pd.DataFrame,
    pending: Iterable[PendingAcknowledgement],
) -> pd.DataFrame:
    """Return results with ``seen_by`` beside them: who acknowledged each, and when.

    An acknowledgement of what a result read before it was corrected says so.
    """
    told = _told(acknowledged)
    readings = dict(
        zip(results["lab_result_key"], results["reading_hash"], strict=True)
    )
    for each in pending:
        if readings.get(each.lab_result_key) == each.reading_hash:
            when = time_text(each.acknowledged_at)
            text = f"{each.person_name}, {when}, being processed"
            told[each.lab_result_key] = text
    return results.assign(
        seen_by=[told.get(key, "") for key in results["lab_result_key"]]
    )


def _told(acknowledged: pd.DataFrame) -> dict[str, str]:
    """Return one acknowledgement of each result: the last of what it reads now."""
    ordered = acknowledged.sort_values(["is_current_reading", "acknowledged_at"])
    return {row.lab_result_key: _text(row) for row in ordered.itertuples()}


def _text(row: object) -> str:
    comment = f": {row.comment_text}" if row.comment_text else ""
    told = f"{row.person_name}, {time_text(row.acknowledged_at)}{comment}"
    return told if row.is_current_reading else f"before it was changed: {told}"
