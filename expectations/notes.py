"""Suite of ``notes``: the text is protected, so only its length can be judged."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, mostly_filled, one_of, required
from expectations.time_rules import happened

TYPES = ("visit", "progress", "discharge", "nursing", "medication_review", "other")
STATUSES = (
    *("preliminary", "final", "amended", "corrected", "appended"),
    "entered-in-error",
)

SUITE = suite(
    "notes",
    required("note_type_code", "Who may read a note depends on its type."),
    required("written_at", "A course of illness needs the time of each note."),
    identifier("encounter_id"),
    identifier("practitioner_id"),
    identifier("author_name"),
    identifier("title"),
    free_text("note_text"),
    holds_no_identifier("title"),
    one_of("note_type_code", TYPES, "It stands under no heading of the chart."),
    one_of("status_code", STATUSES, "In another status it does not count as final."),
    happened("written_at"),
    mostly_filled("note_text", 0.9, "A note without a text says nothing."),
)
