"""Suite of ``social_history``."""

from expectations.code_rules import loinc_where_stated
from expectations.every_feed import suite
from expectations.identity_rules import asks_no_identifier, holds_no_identifier
from expectations.rules import free_text, identifier, mostly_filled, required
from expectations.time_rules import happened

SUITE = suite(
    "social_history",
    required("observation_code", "An answer without its question is no fact."),
    required("observed_at", "Smoking status is what was said last: it needs a time."),
    identifier("observation_code"),
    identifier("encounter_id"),
    free_text("value_text"),
    holds_no_identifier("value_text"),
    *asks_no_identifier("observation_code", "observation_name"),
    loinc_where_stated("observation_code"),
    happened("observed_at"),
    mostly_filled("value_text", 0.95, "Asked, but no answer: the column was missed."),
)
