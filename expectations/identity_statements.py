"""Suite of ``identity_statements``: answers that repeat an identifier.

Their text is encrypted and of any kind, so only its length can be judged.
"""

from expectations.every_feed import suite
from expectations.rules import free_text, identifier, required
from expectations.time_rules import happened

SUITE = suite(
    "identity_statements",
    required("question_code", "An answer without its question cannot be told."),
    required("stated_at", "The latest address holds: each needs its time."),
    identifier("question_code"),
    identifier("encounter_id"),
    free_text("statement_text"),
    happened("stated_at"),
)
