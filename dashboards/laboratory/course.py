"""The course of an accession: its events, its steps, what waits, what nobody told.

No time stands for another: a step whose times are not both told has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards.chart.words import capitalised, time_text
from pipelines.record.actions.laboratory_work import REJECTIONS, STATUSES

NOT_TOLD = "not told"
UNDONE = ("waiting", "preliminary")
GONE = ("withdrawn", "cancelled")


@dataclass(frozen=True)
class Step:
    """One step: from what to what, and how long it took, or why that is not known."""

    name: str
    minutes: float | None
    why_not: str = ""


def steps_of(frames: Mapping[str, pd.DataFrame]) -> list[Step]:
    """Return the steps of a whole accession, from its order to its last final result.

    The first specimen begins a step, the last final result ends the last. It has none
    while a result is not final.
    """
    times = {
        "ordered": _first(frames["order"], "ordered_at"),
        "collected": _collected(frames),
        "received": _first(frames["specimens"], "received_at"),
        "first result": _first(_valid(frames["results"]), "first_resulted_at"),
        "final": _all_final(_valid(frames["results"])),
    }
    pairs = (
        ("ordered", "collected"),
        ("collected", "received"),
        ("received", "first result"),
        ("first result", "final"),
        ("collected", "final"),
        ("ordered", "final"),
    )
    return [_step(times, begin, end) for begin, end in pairs]


def events_of(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every event with a time: of what (``lane``), which, when, and in words."""
    found: list[tuple[str, str, Any, str]] = []
    for row in frames["order"].itertuples():
        lane = "Order"
        found += [
            (lane, "ordered", row.ordered_at, row.practitioner_name or ""),
            (lane, "wanted by", row.due_at, ""),
            (lane, "done", row.completed_at, ""),
        ]
    for row in frames["specimens"].itertuples():
        lane = specimen_words(row)
        found += [
            (lane, "collected", row.collected_at, ""),
            (lane, "received", row.received_at, ""),
        ]
        if row.is_rejected:
            found.append((lane, "rejected", row.status_at, rejection_words(row)))
    if frames["specimens"].empty:
        first = _collected(frames)
        found.append(("Specimen", "collected", first, "as the results say"))
    lanes = _lanes(frames)
    for row in frames["versions"].itertuples():
        lane = lanes[row.lab_result_key]
        at = row.known_from if row.is_closed else row.resulted_at
        found.append((lane, event_of_version(row), at, f"version {row.version_number}"))
    for row in frames["acknowledgements"].itertuples():
        lane = lanes[row.lab_result_key]
        found.append((lane, "acknowledged", row.acknowledged_at, row.person_name or ""))
    told = [
        {"lane": lane, "event": event, "at": at, "told": f"{time_text(at)} {more}"}
        for lane, event, at, more in found
        if not pd.isna(at)
    ]
    events = pd.DataFrame(told, columns=["lane", "event", "at", "told"])
    return events.drop_duplicates()


def waiting_of(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return what of an accession is not done yet, in sentences."""
    specimens, results = frames["specimens"], frames["results"]
    waits = [
        f"The order is open: {status_words(row.status_code)}."
        for row in frames["order"].itertuples()
        if row.is_open
    ]
    waits += [
        f"{specimen_words(row)} is under way: {status_words(row.status_code)}."
        for row in specimens.itertuples()
        if row.is_open
    ]
    waits += _unfinished(results, "preliminary", "Not final")
    waits += _unfinished(results, "waiting", "Without a value")
    if results.empty:
        waits.append("No result has come.")
    elif _valid(results).empty:
        waits.append("No result stands: every one was withdrawn or cancelled.")
    if _only_rejected(specimens):
        waits.append("Every specimen was rejected: another has to be taken.")
    return waits


def untold_of(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return what the source does not tell of an accession, in sentences."""
    untold = []
    specimens, results = frames["specimens"], _valid(frames["results"])
    if frames["order"].empty:
        untold.append("No order with this number was delivered: who ordered, and when.")
    if specimens.empty:
        untold.append(
            "No specimen was delivered: when it was received, and whether any was "
            "rejected."
        )
    elif specimens["received_at"].isna().all():
        untold.append("When a specimen reached the laboratory.")
    if not results.empty and results["priority_code"].isna().all():
        untold.append("How urgent it was.")
    reported = results[~results["state_code"].isin(UNDONE)]
    if not reported.empty and reported["first_resulted_at"].isna().any():
        untold.append("When some of the results were released.")
    stated = reported[reported["state_code"] != "not_told"]
    if stated["final_resulted_at"].isna().any():
        untold.append("When some of the results became final.")
    if (results["state_code"] == "not_told").any():
        untold.append("Whether results are final: they came without a status.")
    return untold


def event_of_version(row: Any) -> str:
    """Return what happened to a result with a version."""
    if row.is_closed:
        return "deleted"
    code = row.result_status_code or "unknown"
    if code == "unknown":
        return "reported"
    return {"entered-in-error": "withdrawn", "registered": "asked for"}.get(code, code)


def status_words(code: str | None) -> str:
    """Return how far an order or specimen has come."""
    return STATUSES.get(code or "", capitalised((code or NOT_TOLD).replace("_", " ")))


def rejection_words(row: Any) -> str:
    """Return why a specimen was rejected."""
    reason = row.rejection_reason_name or ""
    return REJECTIONS.get(reason.lower(), capitalised(reason)) or "reason not told"


def specimen_words(row: Any) -> str:
    """Return material and number of a specimen."""
    number = row.accession_number or row.specimen_key.split(":", 1)[-1]
    return f"{capitalised(row.specimen_type_name)} {number}"


def test_words(row: Any) -> str:
    """Return the name of a test, with what grew and what it was tested against."""
    parts = [
        capitalised(row.test_name) or "Test not named",
        getattr(row, "organism_name", None),
        getattr(row, "antibiotic_name", None),
    ]
    return ", ".join(part for part in parts if part)


def _lanes(frames: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the lane of each result: those that came alike share one."""
    courses: dict[str, list[tuple]] = {}
    names: dict[str, str] = {}
    for row in frames["versions"].itertuples():
        names[row.lab_result_key] = test_words(row)
        at = row.known_from if row.is_closed else row.resulted_at
        event = (row.version_number, event_of_version(row), str(at))
        courses.setdefault(row.lab_result_key, []).append(event)
    for row in frames["acknowledgements"].itertuples():
        seen = ("acknowledged", str(row.acknowledged_at))
        courses.setdefault(row.lab_result_key, []).append(seen)
    alike: dict[tuple, list[str]] = {}
    for key, course in courses.items():
        alike.setdefault(tuple(course), []).append(key)
    lanes = {}
    for keys in alike.values():
        told = list(dict.fromkeys(names.get(key, "Test not named") for key in keys))
        more = len(told) - 1
        lane = told[0] if not more else f"{told[0]} and {more} more"
        lanes |= dict.fromkeys(keys, lane)
    return lanes


def _unfinished(results: pd.DataFrame, state: str, words: str) -> list[str]:
    """Return a sentence about the results that are in a state; none if none is."""
    rows = results[results["state_code"] == state].itertuples()
    names = sorted({test_words(row) for row in rows})
    return [f"{words}: {', '.join(names)}."] if names else []


def _valid(results: pd.DataFrame) -> pd.DataFrame:
    return results[~results["state_code"].isin(GONE)]


def _first(frame: pd.DataFrame, column: str) -> Any:
    return frame[column].min() if len(frame) else pd.NaT


def _collected(frames: Mapping[str, pd.DataFrame]) -> Any:
    """Return when the first specimen was taken; results tell it, too."""
    first = _first(frames["specimens"], "collected_at")
    return _first(frames["results"], "collected_at") if pd.isna(first) else first


def _all_final(results: pd.DataFrame) -> Any:
    """Return when the last result was final; none while one of them is not."""
    if results.empty or results["final_resulted_at"].isna().any():
        return pd.NaT
    return results["final_resulted_at"].max()


def _only_rejected(specimens: pd.DataFrame) -> bool:
    return not specimens.empty and bool(specimens["is_rejected"].astype(bool).all())


def _step(times: Mapping[str, Any], begin: str, end: str) -> Step:
    name = f"{capitalised(begin)} to {end}"
    missing = [each for each in (begin, end) if pd.isna(times[each])]
    if missing:
        return Step(name, None, f"{' and '.join(missing)}: no time")
    minutes = (times[end] - times[begin]).total_seconds() / 60
    if minutes < 0:
        return Step(name, None, f"{end} lies before {begin}")
    return Step(name, minutes)
