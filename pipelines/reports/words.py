"""How states read in a report: a sign beside each word, no colour needed."""

from typing import Any

from pipelines.access.rule_words import words_of

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
LIVES = {
    "new": "▲ New",
    "reopened": "▲ Came back",
    "worse": "▲ Worse",
    "persisting": "■ Persisting",
    "better": "▽ Better",
    "waived": "◇ Waived",
    "resolved": "● Resolved",
}
SEVERITIES = {"critical": "grave", "warning": "a warning", "info": "a note"}
ACTIONS = {
    "replay": "read again",
    "release": "released",
    "discard": "discarded",
    "close": "closed, as the record came again",
}


def cell_text(category: str) -> str:
    """Return a cell of Kahn's framework in words."""
    return category.replace("/", ", ")


def subject_text(subject: str | None) -> str:
    """Return a feed's or a mart's name; lines that are no record have none."""
    return subject or "lines that are no record"


def source_text(source: str) -> str:
    """Return a source's name."""
    return source or "of no single source"


def broken_text(check_id: str, subject: str | None) -> str:
    """Return how a rule of a load is broken, as a sentence."""
    words = words_of(check_id, subject).broken.rstrip(".")
    first = words.split(" ", 1)[0]
    return f"{words if '_' in first else words[:1].upper() + words[1:]}."


def found_text(found: dict[str, Any]) -> str:
    """Return what an incident or a finding says is wrong."""
    if found["measured_in"] == "load":
        return broken_text(found["check_id"], found["subject"])
    return f"Not so: {found['sentence']}" if found["sentence"] else found["check_id"]


def share_text(broken: int | None, of: int | None) -> str:
    """Return how many rows break a check of how many."""
    return "the whole load" if broken is None or of is None else f"{broken:,} of {of:,}"
