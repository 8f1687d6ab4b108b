"""Suite of ``coverages``: who pays, from when to when."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import (
    identifier,
    mostly_filled,
    number_between,
    one_of,
    required,
)
from expectations.time_rules import in_order, may_be_planned

STATUSES = ("active", "inactive", "cancelled", "expired", "draft", "entered-in-error")

SUITE = suite(
    "coverages",
    required("payer_name", "An insurance of nobody pays for nothing."),
    identifier("payer_id"),
    identifier("payer_name"),
    identifier("plan_name"),
    identifier("member_number"),
    identifier("group_number"),
    identifier("subscriber_name"),
    holds_no_identifier("payer_name"),
    holds_no_identifier("plan_name"),
    one_of(
        "status_code",
        STATUSES,
        "Whether it is in force is unknown, and no claim may count on it.",
    ),
    number_between("priority_number", (1, 9), "No claim passes so many insurers."),
    may_be_planned("started_at"),
    may_be_planned("ended_at"),
    in_order("started_at", "ended_at", "The insurance would never have held."),
    mostly_filled("started_at", 0.9, "Whether a visit is covered depends on it."),
)
