"""The list in words: when it was reconciled, what is undecided, what was decided."""

from collections.abc import Sequence

from dashboards.chart.words import capitalised, time_text
from dashboards.reconciling.facts import Fact
from dashboards.reconciling.lines import Line
from dashboards.reconciling.standing import undecided_lines
from dashboards.writing.local_time import local
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.reconciling_medicines import (
    DECISIONS,
    OCCASIONS,
    Reconciled,
)

NOT_TOLD = "not told"
NEVER_SIGNED = "This list was never reconciled."
WITHDRAWN = (
    "The last reconciliation was withdrawn by {who}, {when}: nothing is decided."
)
READ_IN_PART = (
    "You are not on the care team: what others decided about this list is not shown."
)


def signature_words(before: Reconciled, *, is_whole: bool) -> str:
    """Return when the list was last reconciled, by whom and at what."""
    entry = before.signature
    if entry is None:
        return NEVER_SIGNED if is_whole else READ_IN_PART
    if not before.is_signed:
        return WITHDRAWN.format(
            who=entry.changed_by_name, when=time_text(local(entry.changed_at))
        )
    said = entry.values
    occasion = OCCASIONS[said["occasion_code"]].lower()
    return (
        f"Last reconciled {time_text(local(said['decided_at']))} by "
        f"{said['decided_by_name']} ({occasion})."
    )


def undecided_words(lines: Sequence[Line], before: Reconciled) -> str:
    """Return what is undecided, with sign and number; empty where nothing is."""
    names = [capitalised(each.name) for each in undecided_lines(lines, before)]
    if not names:
        return "✓ Every line of the list is decided." if lines else ""
    since = " since" if before.is_signed else ""
    return f"● Undecided{since}: {len(names)} of {len(lines)} ({', '.join(names)})."


def decision_words(entry: Entry) -> str:
    """Return a decision with its reason, who decided, and when."""
    said = entry.values
    reason = f" ({said['reason_name'].lower()})" if said["reason_name"] else ""
    decision = DECISIONS[said["decision_code"]].split(" (")[0]
    return (
        f"Decided: {decision}{reason}, {said['decided_by_name']}, "
        f"{time_text(local(said['decided_at']))}"
    )


def line_words(line: Line) -> list[str]:
    """Return what the sources say, one after the other."""
    return [f"{each.list_name}: {_dose(each)}" for each in line.facts]


def _dose(fact: Fact) -> str:
    parts = (fact.drug_name, fact.dose, fact.frequency)
    return ", ".join(part for part in parts if part) or NOT_TOLD
