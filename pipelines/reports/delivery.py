"""The report of one delivery: what came, what became of it, what is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.reports.document import (
    Document,
    Section,
    bytes_text,
    percent_text,
    table,
)
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
        sections=[*_came(rows), *_found(rows), *_refused(rows)],
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


def _came(rows: Rows) -> list[Section]:
    """Return what came, and what became of it."""
    return [
        table(
            "What came",
            rows["files"],
            {
                "Table": "table_name",
                "Was": lambda row: VERDICTS.get(row["verdict"], row["verdict"]),
                "Files": "files_count",
                "Bytes": "byte_count",
                "Records": "records",
                "Read": "mapped",
                "Left out": "excluded",
                "Refused": "refused",
            },
            "No file came.",
            "Records = read + left out with a reason + refused whole.",
        ),
        table(
            "Records that rightly are in no feed",
            rows["exclusions"],
            {"Table": "table_name", "Reason": "reason", "Records": "records"},
            "None.",
        ),
        table(
            "What became of the rows",
            rows["feeds"],
            {
                "Feed": "feed",
                "Made": "made",
                "Landed": "landed",
                "Unchanged": "unchanged",
                "Refused": "refused",
            },
            "No row was made of it.",
            "Rows made = landed + unchanged + refused.",
        ),
    ]


def _found(rows: Rows) -> list[Section]:
    """Return what rules and charts found, and what that made of incidents."""
    return [
        table(
            "Rules by cell of Kahn's framework",
            rows["cells"],
            {
                "Cell": lambda row: cell_text(row["kahn_category"]),
                "Passed": "passed",
                "Failed": "failed",
                "Not applicable": "not_applicable",
                "Kept": lambda row: percent_text(
                    row["passed"], row["passed"] + row["failed"]
                ),
                "": lambda row: bar(
                    row["passed"], row["failed"], row["not_applicable"]
                ),
            },
            "Nothing of it was judged: it held no new row.",
            "Solid: passed. Hatched: failed. White: nothing to judge.",
        ),
        table(
            "Rules broken",
            rows["broken_rules"],
            {
                "Feed": lambda row: subject_text(row["feed"]),
                "What is wrong": lambda row: broken_text(row["check_id"], row["feed"]),
                "Severity": lambda row: SEVERITIES[row["severity"]],
                "Rows that break it": "unexpected_count",
                "Rows": "element_count",
            },
            "No rule was broken.",
        ),
        table(
            "Compared with the loads before",
            rows["series"],
            {
                "Feed": "feed",
                "What is not so": lambda row: row["sentence"] or row["check_id"],
                "Numbers out of their limits": "broken_count",
                "Numbers judged": "applicable_count",
            },
            "Nothing stands out, or there are too few loads to compare with.",
        ),
        table(
            "What it made of incidents",
            rows["incidents"],
            {
                "State": lambda row: LIVES[row["life_code"]],
                "Feed": lambda row: subject_text(row["subject"]),
                "What is wrong": found_text,
                "Rows that break it": "broken_count",
                "Rows": "applicable_count",
            },
            "It opened, changed and resolved none.",
        ),
    ]


def _refused(rows: Rows) -> list[Section]:
    """Return how its refused records stand, and who decided about them."""
    return [
        table(
            "Refused records, as they stand now",
            rows["quarantine"],
            {
                "Feed": lambda row: subject_text(row["feed"]),
                "Refused": "refused_count",
                "Waiting": "waiting_count",
                "Released": "released_count",
                "Discarded": "discarded_count",
            },
            "No record was refused.",
            "Refused = waiting + released + discarded.",
        ),
        table(
            "Who decided about them",
            rows["decisions"],
            {
                "When": "decided_at",
                "Who": "decided_by",
                "In which role": "decided_by_role",
                "What": lambda row: ACTIONS[row["action"]],
                "Records": "records",
                "Wait still": lambda row: row["waiting_count"] or 0,
            },
            "Nobody has decided about a record of it.",
            "The last decision about each. Reasons are on the page Refused rows.",
        ),
    ]


def _sum(rows: Sequence[dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in rows)
