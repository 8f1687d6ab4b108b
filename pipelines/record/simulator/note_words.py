"""Sentences of notes, made from what the record says; several ways to say each.

A number is quoted as it was delivered, after the name of what was measured and before
its unit, so that a note never says another number than the record.
"""

from collections.abc import Iterable

from pipelines.record.simulator.chances import Chances
from pipelines.record.simulator.journal import Row

_FLAGS = {
    "H": "high",
    "L": "low",
    "HH": "critically high",
    "LL": "critically low",
    "A": "abnormal",
}
MOST_RESULTS = 8
# LOINC code, words before and after the value; in the order of the sentence.
_SIGNS = (
    ("8867-4", "pulse {}/min"),
    ("8310-5", "temperature {} °C"),
    ("59408-5", "SpO2 {} %"),
    ("9279-1", "respiratory rate {}/min"),
    ("29463-7", "weight {} kg"),
    ("72514-3", "pain {}/10"),
)
_SYSTOLIC, _DIASTOLIC = "8480-6", "8462-4"
_BEFORE_SIGNS = ("Vital signs: ", "On examination ", "Measured: ", "Today ")
_BEFORE_RESULTS = (
    "Outside the range: {}.",
    "Abnormal results: {}.",
    "Laboratory: {}.",
    "Of the results these stand out: {}.",
)
_ALL_WITHIN = (
    "Laboratory results within their ranges.",
    "No result outside its range.",
)
_TO_COME = ("Blood taken, results to follow.", "Laboratory results pending.")
_STARTED = ("Ordered {}.", "New: {}.", "Prescribed {}.")
_CHANGED = ("Changed to {0}: {1}.", "{1}; now {0}.")
_STOPPED = ("Stopped {0}: {1}.", "{0} discontinued ({1}).")


def plain_unit(unit: object) -> str:
    """Return a unit as people write it."""
    text = str(unit or "")
    if text.startswith("{"):
        return ""
    for mark in "[]{}":
        text = text.replace(mark, "")
    return text.replace("_", " ")


def signs(rows: Iterable[Row], chances: Chances) -> str:
    """Say the last value of each vital sign."""
    last = {row["observation_code"]: row["value_text"] for row in rows}
    words = [pattern.format(last[code]) for code, pattern in _SIGNS if code in last]
    if _SYSTOLIC in last and _DIASTOLIC in last:
        words.insert(0, f"BP {last[_SYSTOLIC]}/{last[_DIASTOLIC]} mmHg")
    if not words:
        return ""
    return f"{chances.pick(_BEFORE_SIGNS)}{', '.join(words)}."


def known(results: Iterable[Row], since: int, until: int) -> list[Row]:
    """Return results as they read at a time, if resulted after another."""
    latest: dict[object, Row] = {}
    for row in results:
        if since < row["source_updated_at"] <= until:
            latest[row["record_id"]] = row
    return list(latest.values())


def _result(row: Row) -> str:
    organism = row.get("organism_name")
    if organism and not row.get("antibiotic_name"):
        return f"{row['test_name']}: {organism}"
    unit = plain_unit(row.get("unit"))
    value = f"{row['test_name']} {row['value_text']}{' ' + unit if unit else ''}"
    return f"{value} ({_FLAGS[row['laboratory_flag']]})"


def results(rows: list[Row], chances: Chances, *, is_pending: bool) -> str:
    """Say which results are outside their range, the critical ones first."""
    if not rows:
        return chances.pick(_TO_COME) if is_pending else ""
    outside = [row for row in rows if row.get("laboratory_flag") in _FLAGS]
    if not outside:
        return chances.pick(_ALL_WITHIN)
    outside.sort(key=lambda row: -len(row["laboratory_flag"]))
    words = "; ".join(_result(row) for row in outside[:MOST_RESULTS])
    return chances.pick(_BEFORE_RESULTS).format(words)


def dose(row: Row) -> str:
    """Return a prescription in words."""
    return f"{row['drug_name']}, {row['frequency_text']}"


def medicines(ordered: Iterable[Row], stopped: Iterable[Row], chances: Chances) -> str:
    """Say what was started, changed and stopped, and why."""
    words = []
    for row in ordered:
        why = row["change_reason_name"]
        if row["replaces_prescription_id"] is None:
            words.append(chances.pick(_STARTED).format(dose(row)))
        elif why and why != "Renewal":
            words.append(chances.pick(_CHANGED).format(dose(row), why))
    for row in stopped:
        why = row["change_reason_name"] or "no longer needed"
        words.append(chances.pick(_STOPPED).format(row["drug_name"], why))
    return " ".join(words)


def not_given(doses: Iterable[Row]) -> str:
    """Say which doses were not given, and why."""
    words = [
        f"{row['drug_name']} {row['status_code']} ({row['reason_name']})"
        for row in doses
        if row["status_code"] != "given" and "is_deleted" not in row
    ]
    return f"Not given: {'; '.join(dict.fromkeys(words))}." if words else ""
