"""What became of a dose: a sign and a word each, so that no colour is needed."""

from datetime import datetime

from dashboards.chart.words import capitalised, date_text, plain
from dashboards.shift.matching import DUE, MISSED, OVERDUE
from dashboards.shift.medicines import Ordered, Recorded
from pipelines.record.actions.giving import GIVEN

# Sign, word, and the colour beside them.
STATES = {
    DUE: ("○", "Due", "gray"),
    OVERDUE: ("▲", "Overdue", "red"),
    GIVEN: ("✓", "Given", "blue"),
    "withheld": ("‖", "Withheld", "violet"),
    "refused": ("⊘", "Refused", "violet"),
    MISSED: ("✗", "Missed", "orange"),
}
LEGEND = (
    "○ due · ▲ overdue: an hour after its time, or half an hour where it is given more "
    "often than every four hours · ✓ given · ‖ withheld · ⊘ refused · ✗ missed, also "
    "where nothing was recorded until the next time. A dose can be recorded here from "
    "a quarter of its interval before its time, an hour at most."
)


def sign_of(state: str) -> str:
    """Return sign and word of a state; a status that nobody knows is told as it is."""
    sign, word, _ = STATES.get(state, ("?", capitalised(state), "gray"))
    return f"{sign} {word}"


def coloured(state: str) -> str:
    """Return sign and word in the colour of a state."""
    *_, colour = STATES.get(state, ("?", state, "gray"))
    return f":{colour}[**{plain(sign_of(state))}**]"


def dose_words(dose: Recorded, due_at: datetime | None = None) -> str:
    """Return a dose in a line: what became of it, when, how much, why, by whom."""
    is_other_day = due_at is None or due_at.date() != dose.at.date()
    day = f"{date_text(dose.at)}, " if is_other_day else ""
    parts = (
        f"{day}{dose.at:%H:%M}",
        dose.amount if dose.status == GIVEN else "",
        capitalised(dose.reason),
        f"by {dose.who}" if dose.who else "",
        "being processed" if dose.is_pending else "",
    )
    return f"{coloured(dose.status)} {plain(', '.join(part for part in parts if part))}"


def last_given_words(doses: list[Recorded], days: int) -> str:
    """Return when a medicine was given last, and by whom."""
    given = [each for each in doses if each.status == GIVEN]
    if not given:
        return f"No dose was given in the last {days} days."
    return f"Last dose: {dose_words(given[-1])}"


def medicine_words(ordered: Ordered) -> str:
    """Return a medicine as it is ordered."""
    told = f"**{plain(capitalised(ordered.drug_name))}**"
    dosage = ordered.dosage or "dose not told"
    processed = ", being processed" if ordered.is_pending else ""
    ended = "" if ordered.is_running else ", ended or not begun"
    return f"{told}  \n{plain(f'{dosage}{processed}{ended}')}"
