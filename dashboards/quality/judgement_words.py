"""How judgements, and the reasons for none, read to quality staff."""

from typing import NamedTuple

CRITICAL, OUTSIDE, NORMAL, NOT_JUDGED = (
    "Critical",
    "Outside the range",
    "Normal",
    "Not judged",
)
# In the order in which they are drawn.
GROUPS = (NORMAL, OUTSIDE, CRITICAL, NOT_JUDGED)
GROUP_OF = {
    "NORMAL": NORMAL,
    "LOW": OUTSIDE,
    "HIGH": OUTSIDE,
    "ABNORMAL": OUTSIDE,
    "CRITICAL": CRITICAL,
    "CRITICAL_LOW": CRITICAL,
    "CRITICAL_HIGH": CRITICAL,
    "INDETERMINATE": NOT_JUDGED,
}
JUDGED_BY = {
    "delivered_range": "the range that came with the result",
    "site_range": "the site's own range or critical limit",
    "default_range": "a default range or critical limit",
    "laboratory": "the laboratory's own flag",
}


class Reason(NamedTuple):
    """Why a result is not judged, and whether anybody can do something about it."""

    why: str
    remedy: str


NOTHING_TO_DO = "Nothing: no range could judge it."
REASONS = {
    "withdrawn": Reason(
        "The laboratory took it back",
        "Nothing: a withdrawn result says nothing any more.",
    ),
    "not_final": Reason(
        "Inside its range, and not final yet",
        "Nothing: it is judged when its final version comes.",
    ),
    "susceptibility": Reason(
        "How a germ reacts to an antibiotic",
        NOTHING_TO_DO,
    ),
    "organism": Reason(
        "A germ found in a culture, which the laboratory did not flag",
        NOTHING_TO_DO,
    ),
    "text_and_number_disagree": Reason(
        "Its text and its number contradict each other",
        "Ask the sender which of the two is right.",
    ),
    "no_value": Reason(
        "It came without a value",
        "Ask the sender if there should be one; a comment alone is no value.",
    ),
    "not_performed": Reason(
        "The test was not performed",
        "Nothing here: the specimen was unfit, or the test was cancelled.",
    ),
    "range_of_values": Reason(
        "It is a span of values, such as 3-5",
        NOTHING_TO_DO,
    ),
    "not_a_number": Reason(
        "It is in words, and the laboratory sent no flag that judges it",
        "Ask the sender for its flag, where it has one.",
    ),
    "range_in_words": Reason(
        "Its range came in words, which cannot be applied to it",
        "Ask the sender for the limits as numbers.",
    ),
    "range_inverted": Reason(
        "The lower limit of its range is above the upper one",
        "Tell the sender: its range is wrong.",
    ),
    "comparator_straddles_limit": Reason(
        "It is only known to be above or below a bound, and a limit lies beyond it",
        "Nothing: the measurement does not tell on which side it is.",
    ),
    "no_default_range": Reason(
        "No range came with it, and no default range is known for this test",
        "Ask the sender for its ranges; or let a LOINC code be mapped to the test.",
    ),
    "unit_missing": Reason(
        "No range came with it, and without a unit no default range applies",
        "Ask the sender for the unit.",
    ),
    "unit_differs": Reason(
        "No range came with it, and the default range is in another unit",
        "Ask the sender for its ranges; units are never guessed.",
    ),
    "age_unknown": Reason(
        "No range came with it, and the default range needs the patient's age",
        "Ask registration for dates of birth, or the sender for its ranges.",
    ),
    "child": Reason(
        "No range came with it, and no default range is kept for a child of that age",
        "Ask the sender for its ranges of children.",
    ),
    "sex_unknown": Reason(
        "No range came with it, and the default ranges of women and men differ",
        "Ask registration for the sex, or the sender for its ranges.",
    ),
    "limits_disagree": Reason(
        "No range came with it, and it lies between two limits that disagree",
        "Ask the sender for its ranges, or for the code of fasting glucose.",
    ),
    "laboratory_flag_unread": Reason(
        "Inside its range, and the laboratory sent a flag that no list knows",
        "Find out what the flag means: it may mean critical.",
    ),
    "laboratory_flag_not_normal": Reason(
        "Inside its range, and the laboratory's flag says something else",
        "Ask the laboratory which of the two holds.",
    ),
}
