"""Suite of ``questionnaire_responses``."""

from expectations.code_rules import loinc_where_stated
from expectations.every_feed import suite
from expectations.identity_rules import asks_no_identifier, holds_no_identifier
from expectations.rules import free_text, identifier, mostly_filled, required
from expectations.time_rules import happened

SUITE = suite(
    "questionnaire_responses",
    required("question_code", "An answer without its question is no fact."),
    required("answered_at", "Scores are followed over time: each needs one."),
    identifier("question_code"),
    identifier("encounter_id"),
    free_text("answer_text"),
    holds_no_identifier("answer_text"),
    *asks_no_identifier("question_code", "question_name"),
    loinc_where_stated("question_code"),
    happened("answered_at"),
    mostly_filled("answer_text", 0.95, "Asked, but no answer: the column was missed."),
)
