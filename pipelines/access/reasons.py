"""The reason of a decision: long enough to be understood, short enough to be read."""

from pipelines.access.acting import RuleError

SHORTEST_REASON, LONGEST_REASON = 10, 1000


def checked_reason(text: str, shortest: int = SHORTEST_REASON) -> str:
    """Return a reason without needless blanks.

    Raises:
        RuleError: it is too short or too long.
    """
    words = " ".join(text.split())
    if len(words) < shortest:
        msg = f"write at least {shortest} letters: who reads this later must understand"
        raise RuleError(msg)
    if len(words) > LONGEST_REASON:
        msg = f"write at most {LONGEST_REASON} letters"
        raise RuleError(msg)
    return words
