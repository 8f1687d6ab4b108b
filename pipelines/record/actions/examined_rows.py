"""The rows of an examined file in words: who, what, the verdict, and why.

One row per line of the file, in its order, unreadable lines among them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from pipelines.access.identity import Identity
from pipelines.access.rule_words import RECORD, words_of

if TYPE_CHECKING:
    from pipelines.landing.examining import Change, Examined

FEED = "lab_results"
NEW, PATIENT_UNKNOWN, REFUSED = "new", "patient_unknown", "refused"
COLUMNS = (
    "line", "verdict", "is_patient_known", "patient", "patient_number", "record",
    "test", "value", "unit", "range", "collected", "changes", "why", "remedy",
)  # fmt: skip
# As people call them; any other column is called by its name in the file.
COLUMN_WORDS = {
    "value_text": "value",
    "value_number": "value as a number",
    "reference_low": "lower limit",
    "reference_high": "upper limit",
    "reference_text": "range in words",
    "laboratory_flag": "laboratory's flag",
    "status_code": "status",
    "collected_at": "collected",
    "resulted_at": "released",
    "comment_text": "comment",
}
NOTHING = "nothing"


def examined_rows(
    examined: "Examined", identities: Mapping[int, Identity], time_zone: str
) -> pd.DataFrame:
    """Return a row per line, with the columns of ``COLUMNS``; texts as delivered.

    ``changes`` has what would read otherwise, as (column, here now, in the file);
    ``why`` and ``remedy`` are of a refusal. The patient is named as far as known here.
    """
    zone = ZoneInfo(time_zone)
    rows = [
        _row(delivered, examined.changes, identities, zone)
        for delivered in examined.rows.iter_rows(named=True)
    ]
    rows += [
        _blank(line) | {"why": reason, "remedy": RECORD.remedy}
        for line, reason in examined.unreadable.items()
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values("line", kind="stable", ignore_index=True)


def _blank(line: int) -> dict[str, object]:
    texts = dict.fromkeys(COLUMNS, "") | {"changes": []}
    return texts | {"line": line, "verdict": REFUSED, "is_patient_known": False}


def _row(
    delivered: Mapping[str, object],
    changes: Mapping[int, list["Change"]],
    identities: Mapping[int, Identity],
    zone: ZoneInfo,
) -> dict[str, object]:
    line, verdict = delivered["line_number"], str(delivered["verdict"])
    identity = identities.get(delivered["patient_key"])
    if verdict == NEW and identity is None:
        verdict = PATIENT_UNKNOWN
    changed = changes.get(line, [])
    rules = [words_of(rule, FEED) for rule in _split(delivered["rules"])]
    return {
        "line": line,
        "verdict": verdict,
        "is_patient_known": identity is not None,
        "patient": identity.full_name if identity else "",
        "patient_number": delivered["source_patient_id"] or "",
        "record": delivered["record_id"] or "",
        "test": delivered["test_name"] or delivered["test_code"] or "",
        "value": delivered["value_text"] or delivered["value_number"] or "",
        "unit": delivered["unit"] or "",
        "range": _range(delivered),
        "collected": delivered["collected_at"] or "",
        "changes": [_told(change, zone) for change in changed],
        "why": "; ".join(rule.broken for rule in rules),
        "remedy": " ".join(dict.fromkeys(rule.remedy for rule in rules)),
    }


def _split(rules: object) -> list[str]:
    return str(rules).split(", ") if rules else []


def _range(delivered: Mapping[str, object]) -> str:
    low, high = delivered["reference_low"], delivered["reference_high"]
    if low and high:
        return f"{low} to {high}"
    if low or high:
        return f"from {low}" if low else f"up to {high}"
    return str(delivered["reference_text"] or "")


def _told(change: "Change", zone: ZoneInfo) -> tuple[str, str, str]:
    column = COLUMN_WORDS.get(change.column, change.column)
    return column, _text(change.before, zone), _text(change.after, zone)


def _text(value: object, zone: ZoneInfo) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
