"""The report of a month, source by source, with the month before beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.reports.calendar_month import Month
from pipelines.reports.document import (
    Document,
    Row,
    Section,
    bytes_text,
    percent_text,
    table,
)
from pipelines.reports.pictures import bar, line
from pipelines.reports.words import (
    ACTIONS,
    LIVES,
    SEVERITIES,
    cell_text,
    found_text,
    share_text,
    source_text,
    subject_text,
)

Rows = Mapping[str, Sequence[dict[str, Any]]]
MOST_INCIDENTS = 50


def month_document(rows: Rows, month: Month, made_at: datetime) -> Document:
    """Return the report of a month from what ``MONTH_STATEMENTS`` bring."""
    return Document(
        title=f"Data quality in {month.first_day:%B %Y}",
        subtitle=_subtitle(rows),
        facts=_facts(rows),
        sections=[*_came(rows), *_stands(rows), *_turned(rows), *_decided(rows)],
        made_at=made_at,
        time_zone=month.time_zone,
    )


def _subtitle(rows: Rows) -> str:
    passed, failed = _sum(rows["scores"], "passed"), _sum(rows["scores"], "failed")
    if not passed + failed:
        return "Nothing was judged in this month."
    kept_before = _sum(rows["scores"], "passed_before")
    judged_before = kept_before + _sum(rows["scores"], "failed_before")
    kept = percent_text(passed, passed + failed)
    before = "nothing was judged the month before"
    if judged_before:
        before = f"the month before {percent_text(kept_before, judged_before)}"
    return (
        f"{kept} of {passed + failed:,} checks passed that had something to judge; "
        f"{before}."
    )


def _facts(rows: Rows) -> list[tuple[str, Any]]:
    states = [each["state_code"] for each in rows["incidents"]]
    return [
        ("Deliveries landed", _sum(rows["deliveries"], "landed_count")),
        ("Deliveries held whole", _sum(rows["deliveries"], "held_count")),
        ("Rows landed", _sum(rows["deliveries"], "landed")),
        ("Rows refused", _sum(rows["deliveries"], "refused")),
        ("Incidents opened", _sum(rows["turns"], "new_count")),
        ("Incidents that came back", _sum(rows["turns"], "reopened_count")),
        ("Incidents resolved", _sum(rows["turns"], "resolved_count")),
        ("Open when this was made", sum(each != "waived" for each in states)),
        ("Waived when this was made", states.count("waived")),
    ]


def _came(rows: Rows) -> list[Section]:
    """Return what came, and what did not come in time."""
    return [
        table(
            "Deliveries",
            rows["deliveries"],
            {
                "Source": _source,
                "Landed": "landed_count",
                "Held": "held_count",
                "From quarantine": "replays_count",
                "Size": lambda row: bytes_text(row["byte_count"]),
                "Records": "records",
                "Rows landed": "landed",
                "Unchanged": "unchanged",
                "Refused": "refused",
                "Last": "last_landed_at",
            },
            "There is no source yet.",
        ),
        table(
            "Late deliveries",
            rows["late"],
            {
                "Source": _source,
                "Feed": lambda row: subject_text(row["subject"]),
                "Times it became late": "late_count",
                "Last found late": "last_at",
            },
            "No delivery was late by the rhythm of its source.",
        ),
    ]


def _stands(rows: Rows) -> list[Section]:
    """Return how checks stood at the month's end, and how they came there."""
    return [
        table(
            "Checks by source and cell of Kahn's framework",
            rows["scores"],
            {
                "Source": _source,
                "Cell": lambda row: cell_text(row["kahn_category"]),
                "Passed": lambda row: row["passed"] or 0,
                "Failed": lambda row: row["failed"] or 0,
                "Not applicable": lambda row: row["not_applicable"] or 0,
                "Kept": lambda row: _kept(row, ""),
                "Month before": lambda row: _kept(row, "_before"),
                "": lambda row: bar(
                    row["passed"] or 0, row["failed"] or 0, row["not_applicable"] or 0
                ),
            },
            "Nothing was judged in this month or the month before.",
            "How each check stood last in the month. Kept: of those that had something "
            "to judge. Solid: passed. Hatched: failed. White: nothing to judge.",
        ),
        table(
            "Course of the month",
            _courses(rows["course"]),
            {
                "Source": _source,
                "Days judged": lambda row: len(row["shares"]),
                "First day": lambda row: f"{100 * row['shares'][0]:.1f} %",
                "Last day": lambda row: f"{100 * row['shares'][-1]:.1f} %",
                "": lambda row: line(row["shares"]),
            },
            "Nothing was judged in this month.",
            "Share of the checks judged on a day that passed; the line stands above "
            "0 %.",
        ),
    ]


def _courses(days: Sequence[Row]) -> list[Row]:
    """Return per source the share that passed, of each day on which any was judged."""
    courses: dict[str, list[float]] = {}
    for each in days:
        if judged := each["passed"] + each["failed"]:
            course = courses.setdefault(each["source_system"], [])
            course.append(each["passed"] / judged)
    return [
        {"source_system": source, "shares": shares}
        for source, shares in courses.items()
    ]


def _turned(rows: Rows) -> list[Section]:
    """Return what became of incidents, and which there are."""
    shown = rows["incidents"][:MOST_INCIDENTS]
    more = len(rows["incidents"]) - len(shown)
    return [
        table(
            "What became of incidents",
            rows["turns"],
            {
                "Source": _source,
                "New": "new_count",
                "Came back": "reopened_count",
                "Worse": "worse_count",
                "Resolved": "resolved_count",
            },
            "No incident turned in this month.",
            "Turns; one incident can have several.",
        ),
        table(
            "Incidents open or waived when this was made",
            shown,
            {
                "State": lambda row: LIVES[row["state_code"]],
                "Severity": lambda row: SEVERITIES[row["severity"]],
                "Source": _source,
                "Feed or mart": lambda row: subject_text(row["subject"]),
                "What is wrong": found_text,
                "Since": lambda row: row["opened_at"].date(),
                "Patients": "patients_count",
                "Rows that break it": lambda row: share_text(
                    row["broken_count"], row["applicable_count"]
                ),
            },
            "None.",
            f"The gravest {len(shown)}; {more} more are on the page Incidents."
            if more
            else "",
        ),
    ]


def _decided(rows: Rows) -> list[Section]:
    """Return what people decided and answered, and what was proved."""
    return [
        table(
            "Decisions about refused records",
            rows["decisions"],
            {
                "Source": _source,
                "What": lambda row: ACTIONS[row["action"]],
                "Decisions": "acts_count",
                "Rows": "rows_count",
                "Released": "released_count",
                "Discarded": "discarded_count",
                "Wait still": "waiting_count",
            },
            "Nobody decided about a refused record.",
        ),
        table(
            "Values that clinicians reported",
            rows["reported"],
            {
                "Source": _source,
                "Reported": "reported_count",
                "Answered": "answered_count",
                "Without an answer": "open_count",
                "Hours to the answer": "median_hours",
            },
            "No value was reported.",
            "Hours: the median of the first answers of this month.",
        ),
        table(
            "Proofs that the marts are those of a full rebuild",
            rows["proofs"],
            {
                "When": "proved_at",
                "Found": lambda row: "✕ Not so" if row["different"] else "● Proved",
                "Equal": "equal",
                "Different": "different",
                "Nothing to compare": "not_applicable",
            },
            "None was made in this month.",
        ),
    ]


def _source(row: Row) -> str:
    return source_text(row["source_system"])


def _kept(score: Row, when: str) -> str:
    """Return which share passed of what had something to judge, now or before."""
    passed, failed = score[f"passed{when}"] or 0, score[f"failed{when}"] or 0
    return percent_text(passed, passed + failed)


def _sum(rows: Sequence[dict[str, Any]], name: str) -> int:
    return sum(each[name] or 0 for each in rows)
