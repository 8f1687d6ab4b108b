"""What a patient is told of a result: words, sign and colour, never colour alone."""

from dataclasses import dataclass

from dashboards.chart import flags
from dashboards.chart.flags import Flag

CALL = (
    "Your care team looks at such results first; call them if nobody has spoken to you."
)
ASK = "Ask your care team what this means for you."


@dataclass(frozen=True)
class Judgement:
    """One judgement of a result in words."""

    words: str
    advice: str
    flag: Flag

    @property
    def is_far_outside(self) -> bool:
        """Return whether it is one that nobody should overlook."""
        return self.advice == CALL


JUDGEMENTS = {
    "in_range": Judgement("In the usual range", "", flags.IN_RANGE),
    "a_little_above": Judgement("A little above the usual range", ASK, flags.HIGH),
    "above": Judgement("Above the usual range", ASK, flags.HIGH),
    "far_above": Judgement("Far above the usual range", CALL, flags.CRITICALLY_HIGH),
    "a_little_below": Judgement("A little below the usual range", ASK, flags.LOW),
    "below": Judgement("Below the usual range", ASK, flags.LOW),
    "far_below": Judgement("Far below the usual range", CALL, flags.CRITICALLY_LOW),
    "outside": Judgement("Marked by the laboratory as unusual", ASK, flags.ABNORMAL),
    "far_outside": Judgement(
        "Marked by the laboratory as very unusual", CALL, flags.CRITICAL
    ),
    "no_range": Judgement(
        "No usual range was sent", "Ask your care team.", flags.NO_RANGE
    ),
    "range_in_words": Judgement(
        "The usual range was sent in words", "Ask your care team.", flags.NO_RANGE
    ),
    "range_unreadable": Judgement(
        "The usual range that was sent cannot be right",
        "Ask your care team.",
        flags.NO_RANGE,
    ),
    "either_side_of_limit": Judgement(
        "Not measured exactly enough to say", "Ask your care team.", flags.NOT_JUDGED
    ),
    "marked_by_laboratory": Judgement(
        "Not judged: the laboratory put a mark on it",
        "Ask your care team.",
        flags.NOT_JUDGED,
    ),
    "not_final": Judgement(
        "Not final yet", "The laboratory may still change it.", flags.NOT_JUDGED
    ),
    "withdrawn": Judgement(
        "Withdrawn by the laboratory",
        "Do not rely on what stood here before; ask your care team.",
        flags.NOT_JUDGED,
    ),
    "cancelled": Judgement("The test was called off", "", flags.NOT_JUDGED),
    "not_measured_yet": Judgement("Not measured yet", "", flags.NOT_JUDGED),
    "not_measured": Judgement(
        "It could not be measured",
        "Ask your care team whether it will be repeated.",
        flags.NOT_JUDGED,
    ),
    "no_value": Judgement("No value was sent", "", flags.NOT_JUDGED),
    "contradictory": Judgement(
        "Two values were sent that do not agree, so none is shown",
        "Ask your care team.",
        flags.NOT_JUDGED,
    ),
    "in_words": Judgement(
        "A result in words: there is no range to compare it with",
        "",
        flags.NOT_JUDGED,
    ),
    "antibiotic_tested": Judgement("", "", flags.NOT_JUDGED),
    "germ_found": Judgement("A germ was found", ASK, flags.NOT_JUDGED),
}
