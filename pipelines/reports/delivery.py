"""The report of one delivery: what came, what became of it, what is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.reports.document import Document, Section, bytes_text, percent_text
from pipelines.reports.pictures import bar
from pipelines.reports.words import (
    ACTIONS,
    LIVES,
    SEVERITIES,
    STATUSES,
    VERDICTS,
    broken_text,
    cell_text,
    found_text,
    subject_text,
)

Rows = Mapping[str, Sequence[dict[str, Any]]]
OPENED, CLOSED = ("new", "reopened"), ("resolved",)


class NoSuchDeliveryError(Exception):
    """There is no delivery of that number."""


def delivery_document(rows: Rows, made_at: datetime, time_zone: str) -> Document:
    """Return the report of a delivery from what ``DELIVERY_STATEMENTS`` bring.

    Raises:
        NoSuchDeliveryError: there is none.
    """
    if not rows["delivery"]:
        msg = "there is no delivery of that number: the page Loads lists them"
        raise NoSuchDeliveryError(msg)
    (delivery,) = rows["delivery"]
    number, source = delivery["delivery_id"], delivery["source_system"]
    return Document(
        title=f"Delivery {number} of {source}",
        subtitle=_subtitle(delivery),
        facts=_facts(delivery, rows),
        sections=(
            _files(rows["files"]),
            _exclusions(rows["exclusions"]),
            _feeds(rows["feeds"]),
            _cells(rows["cells"]),
            _broken_rules(rows["broken_rules"]),
            _series(rows["series"]),
            _incidents(rows["incidents"]),
            _quarantine(rows["quarantine"]),
            _decisions(rows["decisions"]),
        ),
        made_at=made_at,
        time_zone=time_zone,
    )


def _subtitle(delivery: Mapping[str, Any]) -> str:
    status = STATUSES[delivery["status"]]
    if delivery["is_replay"]:
        status = "● Landed from the rows that waited"
    if not delivery["held_because"]:
        return status
    # Without the inner names of its rules.
    because = delivery["held_because"].split("; ")
    return f"{status}: {'; '.join(each.split(': ', 1)[-1] for each in because)}"


def _facts(delivery: Mapping[str, Any], rows: Rows) -> list[tuple[str, Any]]:
    lives = [each["life_code"] for each in rows["incidents"]]
    return [
        ("Format", delivery["adapter"]),
        ("Received", delivery["received_at"]),
        ("Landed", delivery["landed_at"] if delivery["status"] == "landed" else None),
        ("Files", _sum(rows["files"], "files_count")),
        ("Size", bytes_text(_sum(rows["files"], "byte_count"))),
        ("Records", _sum(rows["files"], "records")),
        ("Rows landed", _sum(rows["feeds"], "landed")),
        ("Records in quarantine now", _sum(rows["quarantine"], "waiting_count")),
        ("Rules broken", len(rows["broken_rules"])),
        ("Incidents opened", sum(life in OPENED for life in lives)),
        ("Incidents resolved", sum(life in CLOSED for life in lives)),
    ]


def _files(files: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "What came",
        ("Table", "Was", "Files", "Bytes", "Records", "Read", "Left out", "Refused"),
        [
            (
                each["table_name"],
                VERDICTS.get(each["verdict"], each["verdict"]),
                each["files_count"],
                each["byte_count"],
                each["records"],
                each["mapped"],
                each["excluded"],
                each["refused"],
            )
            for each in files
        ],
        "No file came.",
        "Records = read + left out with a reason + refused whole.",
    )


def _exclusions(exclusions: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Records that rightly are in no feed",
        ("Table", "Reason", "Records"),
        [(each["table_name"], each["reason"], each["records"]) for each in exclusions],
        "None.",
    )


def _feeds(feeds: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "What became of the rows",
        ("Feed", "Made", "Landed", "Unchanged", "Refused"),
        [
            (
                each["feed"],
                each["made"],
                each["landed"],
                each["unchanged"],
                each["refused"],
            )
            for each in feeds
        ],
        "No row was made of it.",
        "Rows made = landed + unchanged + refused.",
    )


def _cells(cells: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Rules by cell of Kahn's framework",
        ("Cell", "Passed", "Failed", "Not applicable", "Kept", ""),
        [
            (
                cell_text(each["kahn_category"]),
                each["passed"],
                each["failed"],
                each["not_applicable"],
                percent_text(each["passed"], each["passed"] + each["failed"]),
                bar(each["passed"], each["failed"], each["not_applicable"]),
            )
            for each in cells
        ],
        "Nothing of it was judged: it held no new row.",
        "Solid: passed. Hatched: failed. White: nothing to judge.",
    )


def _broken_rules(rules: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Rules broken",
        ("Feed", "What is wrong", "Severity", "Rows that break it", "Rows"),
        [
            (
                subject_text(each["feed"]),
                broken_text(each["check_id"], each["feed"]),
                SEVERITIES[each["severity"]],
                each["unexpected_count"],
                each["element_count"],
            )
            for each in rules
        ],
        "No rule was broken.",
    )


def _series(found: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Compared with the loads before",
        ("Feed", "What is not so", "Numbers out of their limits", "Numbers judged"),
        [
            (
                each["feed"],
                each["sentence"] or each["check_id"],
                each["broken_count"],
                each["applicable_count"],
            )
            for each in found
        ],
        "Nothing stands out, or there are too few loads to compare with.",
    )


def _incidents(incidents: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "What it made of incidents",
        ("State", "Feed", "What is wrong", "Rows that break it", "Rows"),
        [
            (
                LIVES[each["life_code"]],
                subject_text(each["subject"]),
                found_text(each),
                each["broken_count"],
                each["applicable_count"],
            )
            for each in incidents
        ],
        "It opened, changed and resolved none.",
    )


def _quarantine(feeds: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Refused records, as they stand now",
        ("Feed", "Refused", "Waiting", "Released", "Discarded"),
        [
            (
                subject_text(each["feed"]),
                each["refused_count"],
                each["waiting_count"],
                each["released_count"],
                each["discarded_count"],
            )
            for each in feeds
        ],
        "No record was refused.",
        "Refused = waiting + released + discarded.",
    )


def _decisions(decisions: Sequence[dict[str, Any]]) -> Section:
    return Section(
        "Who decided about them",
        ("When", "Who", "In which role", "What", "Records", "Wait still"),
        [
            (
                each["decided_at"],
                each["decided_by"],
                each["decided_by_role"],
                ACTIONS[each["action"]],
                each["records"],
                each["waiting_count"] or 0,
            )
            for each in decisions
        ],
        "Nobody has decided about a record of it.",
        "The last decision about each record. Reasons are on the page Refused rows.",
    )


def _sum(rows: Sequence[dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in rows)
