"""Suite of ``acknowledgements``: each takes a result off somebody's worklist."""

from expectations.every_feed import suite
from expectations.rules import free_text, identifier, matches, required
from expectations.time_rules import happened

SUITE = suite(
    "acknowledgements",
    required("lab_result_key", "An acknowledgement of nothing would hide nothing."),
    required("reading_hash", "What was read must be told from what stands there now."),
    required("user_id", "A result that nobody has seen must stay on the worklist."),
    required("acknowledged_at", "Who saw it when is what a review asks first."),
    identifier("lab_result_key"),
    identifier("reading_hash"),
    identifier("user_id"),
    free_text("comment_text"),
    matches(
        "lab_result_key",
        "^.+:.+$",
        "A key is a source and a record id; another shape belongs to no result.",
    ),
    matches(
        "reading_hash",
        "^[0-9a-f]{32}$",
        "A digest of another shape never equals that of a result.",
    ),
    happened("acknowledged_at"),
)
