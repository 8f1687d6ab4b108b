"""How a judgement of a result is shown: word, sign and colour, never colour alone.

The colours are from the Okabe-Ito palette; as text they are the theme's
(`.streamlit/config.toml`), a little darker. A result that could not be judged is grey
and says why in words.
"""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Flag:
    """One kind of judgement."""

    word: str
    sign: str
    colour: str
    shape: str
    rank: int
    # The theme's name for this colour, in a shade dark enough to read as text.
    text_colour: str


CRITICALLY_LOW = Flag("Critically low", "▼▼", "#003E63", "triangle-down", 0, "violet")
CRITICALLY_HIGH = Flag("Critically high", "▲▲", "#8A2F00", "triangle-up", 0, "red")
CRITICAL = Flag("Critical", "◆◆", "#8A2F00", "diamond", 0, "red")
LOW = Flag("Low", "▼", "#0072B2", "triangle-down", 1, "blue")
HIGH = Flag("High", "▲", "#D55E00", "triangle-up", 1, "orange")
ABNORMAL = Flag("Abnormal", "◆", "#D55E00", "diamond", 1, "orange")
NO_RANGE = Flag("No range", "○", "#8A8A8A", "circle", 2, "gray")
NOT_JUDGED = Flag("Not judged", "○", "#8A8A8A", "square", 2, "gray")
IN_RANGE = Flag("In range", "●", "#1B2630", "circle", 3, "green")

FLAG_OF = {
    "CRITICAL_LOW": CRITICALLY_LOW,
    "CRITICAL_HIGH": CRITICALLY_HIGH,
    "CRITICAL": CRITICAL,
    "LOW": LOW,
    "HIGH": HIGH,
    "ABNORMAL": ABNORMAL,
    "NORMAL": IN_RANGE,
}
FLAGS = (
    CRITICALLY_HIGH,
    CRITICALLY_LOW,
    CRITICAL,
    HIGH,
    LOW,
    ABNORMAL,
    NO_RANGE,
    NOT_JUDGED,
    IN_RANGE,
)
# Here a range is missing; for any other reason it is the value that cannot be judged.
RANGE_IS_MISSING = {
    "no_delivered_range",
    "range_in_words",
    "range_inverted",
    "no_default_range",
    "unit_missing",
    "unit_differs",
    "age_unknown",
    "child",
    "sex_unknown",
    "limits_disagree",
}


def flag_of(code: str | None, reason: str | None) -> Flag:
    """Return how a judgement is shown; nothing that is not known is 'in range'."""
    unjudged = NO_RANGE if reason in RANGE_IS_MISSING else NOT_JUDGED
    return FLAG_OF.get(code or "", unjudged)


def with_flags(results: pd.DataFrame) -> pd.DataFrame:
    """Return results with the word, sign and rank of their judgement beside them."""
    flags = [
        flag_of(code, reason)
        for code, reason in zip(
            results["displayed_flag"], results["indeterminate_reason"], strict=True
        )
    ]
    return results.assign(
        flag_word=[flag.word for flag in flags],
        flag_sign=[flag.sign for flag in flags],
        flag_rank=[flag.rank for flag in flags],
    )
