"""What stands decided about the list, and what is undecided since."""

from collections.abc import Sequence

from dashboards.reconciling.lines import Line
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reconciling_medicines import (
    ASK,
    NOT_TAKEN,
    STOP,
    Reconciled,
)

NEVER, OPEN, CHANGED, DISPENSED = "never", "open", "changed", "dispensed"
WORDS = {
    NEVER: "● Undecided",
    OPEN: "● Undecided: to be asked",
    CHANGED: "● Undecided: changed since it was decided",
    DISPENSED: "● Undecided: dispensed since it was decided",
}


def undecided(line: Line, before: Reconciled) -> str | None:
    """Return why a line is undecided; None where a decision stands.

    A fact that went away leaves the decision as it is: that is what a stop does.
    """
    entry = before.of(line.name)
    if entry is None or not before.is_signed:
        return NEVER
    if entry.values["decision_code"] == ASK:
        return OPEN
    if set(line.digests) - seen_digests(entry):
        return CHANGED
    return DISPENSED if _is_dispensed_since(line, entry) else None


def undecided_lines(lines: Sequence[Line], before: Reconciled) -> list[Line]:
    """Return the lines that are undecided."""
    return [each for each in lines if undecided(each, before) is not None]


def seen_digests(entry: Entry) -> set[str]:
    """Return the digests of what a decision was made on."""
    return set((entry.values["seen_digests"] or "").split())


def _is_dispensed_since(line: Line, entry: Entry) -> bool:
    """Return whether what is not to be taken was handed out after the decision."""
    is_ended = entry.values["decision_code"] in (STOP, NOT_TAKEN)
    handed = line.dispensed_at
    return is_ended and handed is not None and handed > entry.values["decided_at"]
