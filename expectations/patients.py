"""Suite of ``patients``: who they are. Identifiers are judged, never quoted."""

from expectations.every_feed import suite
from expectations.expectation import Expectation, Kahn, Severity
from expectations.rules import (
    matches,
    mostly_filled,
    one_of,
    well_decoded,
)
from expectations.time_rules import BETWEEN, may_have_happened, naive_day

EARLIEST_BIRTH_YEAR = 1850  # the oldest people on old records; OHDSI's limit too
SEXES = (
    *("F", "M", "O", "U", "X", "N", "UN", "UNK"),
    *("f", "m", "o", "u", "female", "male", "other", "unknown"),
    *("Female", "Male", "Other", "Unknown", "FEMALE", "MALE", "OTHER", "UNKNOWN"),
)

SUITE = suite(
    "patients",
    Expectation(
        BETWEEN,
        {
            "column": "birth_date",
            "min_value": naive_day(EARLIEST_BIRTH_YEAR),
            "max_value": {"$PARAMETER": "latest_date"},
        },
        Severity.CRITICAL,
        "A wrong age picks the wrong reference range and may call ill values normal.",
        Kahn.TEMPORAL_PLAUSIBILITY,
    ),
    Expectation(
        BETWEEN,
        {
            "column": "birth_year",
            "min_value": EARLIEST_BIRTH_YEAR,
            "max_value": {"$PARAMETER": "latest_year"},
        },
        Severity.CRITICAL,
        "A wrong age picks the wrong reference range and may call ill values normal.",
        Kahn.TEMPORAL_PLAUSIBILITY,
    ),
    may_have_happened("deceased_at"),
    one_of("sex_code", SEXES, "An unknown sex leaves ranges by sex unused: map it."),
    matches("zip3", "^[0-9]{3}$", "Not a US ZIP3; regional counts leave it out."),
    well_decoded("given_name"),
    well_decoded("family_name"),
    mostly_filled("sex_code", 0.95, "Ranges and risks by sex fall away without it."),
)
