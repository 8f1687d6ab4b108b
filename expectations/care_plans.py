"""Suite of ``care_plans``."""

from expectations.every_feed import suite
from expectations.rules import free_text, identifier, mostly_filled, required
from expectations.time_rules import begins, in_order, may_be_planned

SUITE = suite(
    "care_plans",
    required("plan_code", "A plan of no kind cannot be followed."),
    required("started_at", "Whether it holds today depends on its start."),
    identifier("plan_code"),
    identifier("encounter_id"),
    free_text("goal_text"),
    free_text("outcome_text"),
    begins("started_at"),
    may_be_planned("ended_at"),
    in_order("started_at", "ended_at", "Shown as over before it began."),
    mostly_filled("plan_name", 0.95, "A bare code tells a patient nothing."),
)
