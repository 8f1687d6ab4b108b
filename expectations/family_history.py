"""Suite of ``family_history``: what runs in the family."""

from expectations.code_rules import SHAPES, shaped_as_stated
from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import (
    free_text,
    identifier,
    mostly_filled,
    number_between,
    required,
)
from expectations.time_rules import happened

SUITE = suite(
    "family_history",
    required("relationship_code", "A sister's cancer and an aunt's weigh differently."),
    required("condition_code", "A relative without a condition is no finding."),
    required("recorded_at", "The latest answer holds: each needs its time."),
    identifier("relationship_code"),
    identifier("condition_code"),
    identifier("encounter_id"),
    free_text("comment_text"),
    holds_no_identifier("relationship_code"),
    holds_no_identifier("condition_name"),
    *shaped_as_stated("condition_code", SHAPES),
    number_between("onset_age_years", (0, 120), "Nobody falls ill at that age."),
    happened("recorded_at"),
    mostly_filled("code_system", 0.95, "A code outside its system maps to nothing."),
)
