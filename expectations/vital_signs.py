"""Suite of ``vital_signs``.

Limits here hold in any unit: what breaks them is a typing error of some other value,
and would stand in a trend as an emergency. What is possible in one unit is left to the
marts, which know the unit.
"""

from expectations.code_rules import loinc_where_stated
from expectations.every_feed import suite
from expectations.expectation import Expectation, Kahn, Severity, Where
from expectations.identity_rules import asks_no_identifier, holds_no_identifier
from expectations.rules import free_text, identifier, matches, mostly_filled, required
from expectations.time_rules import happened

TEMPERATURES = ("8310-5", "8328-7", "8331-1", "8332-9", "8333-7")
RATES_AND_PRESSURES = ("8867-4", "8889-8", "9279-1", "8480-6", "8462-4", "8478-0")
# Of oxygen in the blood, and in what is breathed in.
SHARES = ("2708-6", "59408-5", "3150-0")
FLOWS = ("3151-8",)
CONSCIOUSNESS = ("67775-7",)

FROM_330 = r"^(3[3-9][0-9]|[4-9][0-9]{2}|[1-9][0-9]{3,})([.,][0-9]*)?$"
FROM_1000_OR_NEGATIVE = r"^(-[0-9.,]+|[1-9][0-9]{3,}([.,][0-9]*)?)$"
NEGATIVE = r"^-[0-9.,]+$"
FROM_101 = r"^(10[1-9]|1[1-9][0-9]|[2-9][0-9]{2}|[1-9][0-9]{3,})([.,][0-9]*)?$"


def _never(codes: tuple[str, ...], regex: str, label: str, notes: str) -> Expectation:
    return Expectation(
        "expect_column_values_to_not_match_regex",
        {"column": "value_text", "regex": regex},
        Severity.CRITICAL,
        notes,
        Kahn.ATEMPORAL_PLAUSIBILITY,
        row_condition=Where("observation_code", codes),
        label=label,
    )


SUITE = suite(
    "vital_signs",
    required("observation_code", "A value of nothing is no fact."),
    required("measured_at", "A trend needs the time of each point."),
    identifier("observation_code"),
    identifier("encounter_id"),
    free_text("value_text"),
    _never(
        TEMPERATURES,
        FROM_330,
        "temperature",
        "Nobody is at 330 in Celsius, Fahrenheit or kelvin (fever ends at 44 °C, "
        "111 °F, 317 K): 371 is 37.1 without its point.",
    ),
    _never(
        RATES_AND_PRESSURES,
        FROM_1000_OR_NEGATIVE,
        "rate_or_pressure",
        "No rate per minute is negative or reaches 1,000, and no pressure in mmHg, kPa "
        "or cmH2O does (480 mmHg, 650 cmH2O, was measured under heaviest weights).",
    ),
    _never(
        SHARES,
        FROM_101,
        "saturation",
        "Saturation is a share: above 100 % another number was typed.",
    ),
    _never(FLOWS, NEGATIVE, "oxygen_flow", "No flow of oxygen is negative."),
    matches(
        "value_text",
        "[A-Za-z]",
        "How awake somebody is stands in words: of a number nobody knows which scale "
        "it is on, and there is no early warning score.",
        Where("observation_code", CONSCIOUSNESS),
        label="consciousness",
    ),
    holds_no_identifier("value_text"),
    *asks_no_identifier("observation_code", "observation_name"),
    loinc_where_stated("observation_code"),
    happened("measured_at"),
    mostly_filled("value_text", 0.95, "Measured, but no value: the column was missed."),
    mostly_filled(
        "unit",
        0.9,
        "37.1 and 98.8 are told apart by their unit alone.",
        Where("observation_code", CONSCIOUSNESS, is_other=True),
    ),
)
