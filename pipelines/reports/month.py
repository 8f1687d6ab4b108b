"""The report of a month, source by source, with the month before beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.reports.document import (
    Document,
    Section,
    bytes_text,
    percent_text,
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
DECEMBER = 12
MOST_INCIDENTS = 50


class NoMonthError(Exception):
    """A text that names no month; the message says how one is written."""


@dataclass(frozen=True)
class Month:
    """A month of a time zone."""

    first_day: date
    time_zone: str

    @property
    def name(self) -> str:
        """Return it as 2026-11, which sorts."""
        return f"{self.first_day:%Y-%m}"

    @property
    def next_first_day(self) -> date:
        """Return the first day of the month after."""
        year, month = self.first_day.year, self.first_day.month
        return date(year + month // DECEMBER, month % DECEMBER + 1, 1)

    @property
    def values(self) -> dict[str, object]:
        """Return the parameters of ``MONTH_STATEMENTS``."""
        year, month = self.first_day.year, self.first_day.month
        day_before = date(year - (month == 1), (month - 2) % DECEMBER + 1, 1)
        return {
            "first_day": self.first_day,
            "day_after": self.next_first_day,
            "day_before": day_before,
            "since": _midnight(self.first_day, self.time_zone),
            "until": _midnight(self.next_first_day, self.time_zone),
        }


def month_named(name: str, time_zone: str) -> Month:
    """Return the month written as 2026-11.

    Raises:
        NoMonthError: it is not written so.
    """
    try:
        first_day = datetime.strptime(name, "%Y-%m").date()  # noqa: DTZ007 - a day
    except ValueError:
        msg = f"{name!r} is no month: write it as 2026-11"
        raise NoMonthError(msg) from None
    return Month(first_day, time_zone)


def month_document(rows: Rows, month: Month, made_at: datetime) -> Document:
    """Return the report of a month from what ``MONTH_STATEMENTS`` bring."""
    return Document(
        title=f"Data quality in {month.first_day:%B %Y}",
        subtitle=_subtitle(rows),
        facts=_facts(rows),
        sections=(
            _deliveries(rows["deliveries"]),
            _late(rows["late"]),
            _scores(rows["scores"]),
            _course(rows["course"]),
            _turns(rows["turns"]),
            _incidents(rows["incidents"]),
            _decisions(rows["decisions"]),
            _reported(rows["reported"]),
            _proofs(rows["proofs"]),
        ),
        made_at=made_at,
        time_zone=month.time_zone,
    )


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))


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


def _deliveries(sources: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Deliveries",
        ("Source", "Landed", "Held", "From quarantine", "Size", "Records",
         "Rows landed", "Unchanged", "Refused", "Last"),
        [
            (
                source_text(each["source_system"]),
                each["landed_count"],
                each["held_count"],
                each["replays_count"],
                bytes_text(each["byte_count"]),
                each["records"],
                each["landed"],
                each["unchanged"],
                each["refused"],
                each["last_landed_at"],
            )
            for each in sources
        ],
        "There is no source yet.",
    )  # fmt: skip


def _late(feeds: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Late deliveries",
        ("Source", "Feed", "Times it became late", "Last found late"),
        [
            (
                source_text(each["source_system"]),
                subject_text(each["subject"]),
                each["late_count"],
                each["last_at"],
            )
            for each in feeds
        ],
        "No delivery was late by the rhythm of its source.",
    )


def _scores(scores: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Checks by source and cell of Kahn's framework",
        ("Source", "Cell", "Passed", "Failed", "Not applicable", "Kept",
         "Month before", ""),
        [_score_row(each) for each in scores],
        "Nothing was judged in this month or the month before.",
        "How each check stood last in the month. Kept: of those that had something to "
        "judge. Solid: passed. Hatched: failed. White: nothing to judge.",
    )  # fmt: skip


def _score_row(score: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("passed", "failed", "not_applicable")
    passed, failed, not_applicable = (score[name] or 0 for name in names)
    before = score["passed_before"] or 0
    return (
        source_text(score["source_system"]),
        cell_text(score["kahn_category"]),
        passed,
        failed,
        not_applicable,
        percent_text(passed, passed + failed),
        percent_text(before, before + (score["failed_before"] or 0)),
        bar(passed, failed, not_applicable),
    )


def _course(days: Sequence[dict[str, Any]]) -> Section:
    courses: dict[str, list[float]] = {}
    for each in days:
        if judged := each["passed"] + each["failed"]:
            course = courses.setdefault(each["source_system"], [])
            course.append(each["passed"] / judged)
    return Section(
        "Course of the month",
        ("Source", "Days judged", "First day", "Last day", ""),
        [
            (
                source_text(source),
                len(shares),
                f"{100 * shares[0]:.1f} %",
                f"{100 * shares[-1]:.1f} %",
                line(shares),
            )
            for source, shares in courses.items()
        ],
        "Nothing was judged in this month.",
        "Share of the checks judged on a day that passed; the line stands above 0 %.",
    )


def _turns(sources: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "What became of incidents",
        ("Source", "New", "Came back", "Worse", "Resolved"),
        [
            (
                source_text(each["source_system"]),
                each["new_count"],
                each["reopened_count"],
                each["worse_count"],
                each["resolved_count"],
            )
            for each in sources
        ],
        "No incident turned in this month.",
        "Turns; one incident can have several.",
    )


def _incidents(incidents: Sequence[dict[str, Any]]) -> Section:
    shown = incidents[:MOST_INCIDENTS]
    more = len(incidents) - len(shown)
    return Section(
        "Incidents open or waived when this was made",
        ("State", "Severity", "Source", "Feed or mart", "What is wrong", "Since",
         "Patients", "Rows that break it"),
        [
            (
                LIVES[each["state_code"]],
                SEVERITIES[each["severity"]],
                source_text(each["source_system"]),
                subject_text(each["subject"]),
                found_text(each),
                each["opened_at"].date(),
                each["patients_count"],
                share_text(each["broken_count"], each["applicable_count"]),
            )
            for each in shown
        ],
        "None.",
        f"The gravest {len(shown)}; {more} more are on the page Incidents."
        if more
        else "",
    )  # fmt: skip


def _decisions(decisions: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Decisions about refused records",
        ("Source", "What", "Decisions", "Rows", "Released", "Discarded", "Wait still"),
        [
            (
                source_text(each["source_system"]),
                ACTIONS[each["action"]],
                each["acts_count"],
                each["rows_count"],
                each["released_count"],
                each["discarded_count"],
                each["waiting_count"],
            )
            for each in decisions
        ],
        "Nobody decided about a refused record.",
    )


def _reported(sources: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Values that clinicians reported",
        ("Source", "Reported", "Answered", "Without an answer", "Hours to the answer"),
        [
            (
                source_text(each["source_system"]),
                each["reported_count"],
                each["answered_count"],
                each["open_count"],
                each["median_hours"],
            )
            for each in sources
        ],
        "No value was reported.",
        "Hours: the median of the first answers of this month.",
    )


def _proofs(proofs: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Proofs that the marts are those of a full rebuild",
        ("When", "Found", "Equal", "Different", "Nothing to compare"),
        [
            (
                each["proved_at"],
                "✕ Not so" if each["different"] else "● Proved",
                each["equal"],
                each["different"],
                each["not_applicable"],
            )
            for each in proofs
        ],
        "None was made in this month.",
    )


def _sum(rows: Sequence[dict[str, Any]], name: str) -> int:
    return sum(each[name] or 0 for each in rows)
