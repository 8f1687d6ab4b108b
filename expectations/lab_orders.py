"""Suite of ``lab_orders``: what was asked for must come back, or be missed."""

from expectations.code_rules import loinc_where_stated
from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import free_text, identifier, mostly_filled, one_of, required
from expectations.time_rules import (
    happened,
    in_order,
    may_be_planned,
    may_have_happened,
)

STATUSES = (
    *("ordered", "collected", "received", "in_progress"),
    *("done", "rejected", "cancelled"),
)

SUITE = suite(
    "lab_orders",
    required("category_code", "Laboratory or radiology: nobody would take it up."),
    required("test_code", "An order of nothing cannot be carried out."),
    required("status_code", "Whether somebody still has to act would be unknown."),
    required("ordered_at", "How long it waits is counted from here."),
    identifier("test_code"),
    identifier("encounter_id"),
    identifier("specimen_id"),
    identifier("practitioner_id"),
    identifier("reason_code"),
    free_text("question_text"),
    holds_no_identifier("test_name"),
    holds_no_identifier("status_reason_name"),
    holds_no_identifier("reason_name"),
    loinc_where_stated("test_code"),
    one_of(
        "category_code",
        ("laboratory", "imaging"),
        "Neither the laboratory nor radiology sees it on its list.",
    ),
    one_of(
        "priority_code",
        ("routine", "urgent", "stat"),
        "A stat order would wait among routine ones.",
    ),
    one_of("status_code", STATUSES, "In another status it counts as open."),
    happened("ordered_at"),
    may_be_planned("due_at"),
    may_have_happened("completed_at"),
    in_order("ordered_at", "completed_at", "Done before it was ordered."),
    mostly_filled("code_system", 0.95, "A code outside its system maps to nothing."),
)
