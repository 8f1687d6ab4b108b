"""Vital signs and the scores made of them, again."""

from expectations.expectation import Severity
from expectations.marts.computed.relation import Computed

POINTS = "A score that is not the sum of its points calls for the wrong care."
POINT_COLUMNS = (
    "respiration",
    "saturation",
    "oxygen",
    "systolic",
    "pulse",
    "consciousness",
    "temperature",
)
SUM_OF_POINTS = " + ".join(f"fact.{each}_points" for each in POINT_COLUMNS)
VITAL_SIGNS = (
    Computed(
        "fct_vital_signs",
        "comparator:no_number",
        "A vital sign that is an interval is no plain number.",
        "The bound would be averaged as if it had been measured.",
        "fact.comparator is not null",
        "fact.value_number is not null",
    ),
    Computed(
        "fct_vital_signs",
        "standard_number:unit",
        "A number in the standard unit has that unit beside it.",
        "37 and 98.6 are told apart by their unit alone.",
        "fact.standard_number is not null",
        "fact.standard_unit is null",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_early_warning_scores",
        "total_points:again",
        "total_points is the sum of the seven points.",
        POINTS,
        "fact.total_points is not null",
        f"fact.total_points <> {SUM_OF_POINTS}",
        Severity.CRITICAL,
    ),
    Computed(
        "fct_early_warning_scores",
        "total_points:possible",
        "A total of NEWS2 is from 0 to 20.",
        POINTS,
        "fact.total_points is not null",
        "fact.total_points not between 0 and 20",
    ),
    Computed(
        "fct_early_warning_scores",
        "total_points:reason",
        "There is a total, or a reason why there is none.",
        "Nobody can tell a calm patient from an unmeasured one.",
        "true",
        "(fact.total_points is null) <> (fact.not_computed_reason is not null)",
    ),
    Computed(
        "fct_early_warning_scores",
        "band_code:high",
        "From 7 points on the band is high.",
        "The emergency team is called by the band.",
        "fact.total_points >= 7",
        "fact.band_code is null or fact.band_code <> 'high'",
        Severity.CRITICAL,
    ),
)
