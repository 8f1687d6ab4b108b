"""How deliveries, rules and changes read to quality staff."""

from typing import Any

from dashboards.chart.words import time_text

STATUSES = {"landed": "● Landed", "held": "✕ Held as a whole"}
VERDICTS = {
    "mapped": "read",
    "empty": "empty",
    "not taken": "known, not taken by any feed yet",
    "unknown": "not a table of this source",
    "not a table": "not a table file",
    "not opened": "not opened",
    "refused": "refused as a whole",
    "held": "held with the delivery",
}
SEVERITIES = {
    "critical": "refuses the row, or holds the load",
    "warning": "is counted and shown",
    "info": "is noted",
}
# In the order in which they should be looked at; a sign beside each word.
CHANGES = {
    "new": "▲ New since the load before",
    "first": "▲ Broken, no earlier load to compare",
    "persisting": "■ Persisting",
    "resolved": "▽ Resolved",
    "met": "● Kept",
    "not_applicable": "○ Not applicable: no rows to judge",
}
# What needs no look: listed with all rules, never called kept.
QUIET = ("met", "not_applicable")
BROKEN = ("new", "first", "persisting")


def feed_text(feed: str | None) -> str:
    """Return a feed's name as words."""
    return (feed or "lines that are no record").replace("_", " ")


def sentence(text: str) -> str:
    """Return a text as a sentence; a column's name at its head stays as it is."""
    first = text.split(" ", 1)[0]
    head = text if "_" in first else f"{text[:1].upper()}{text[1:]}"
    return f"{head.rstrip('.')}."


def load_text(load: Any) -> str:
    """Return a delivery's number, source and time."""
    return f"{load.delivery_id}: {load.source_system}, {time_text(load.landed_at)}"


def count_text(count: float, thing: str) -> str:
    """Return a number of things, in the plural where it is not one."""
    return f"{int(count):,} {thing}{'' if int(count) == 1 else 's'}"
