"""Treatment plans with their goals and what was reached."""

from uuid import UUID

from pipelines.access.people import Person
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.requirements import (
    correction,
    filled,
    now,
    one_of,
    refuse,
    standing,
    without_nothing,
)
from pipelines.record.actions.saving import save
from pipelines.settings import Settings

FEED = "care_plans"
ENDS = ("completed", "stopped")


def plan_treatment(  # noqa: PLR0913 - what a plan consists of
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    code: str,
    code_system: str,
    name: str,
    goal: str,
    reason_code: str | None = None,
    reason_name: str | None = None,
) -> list[UUID]:
    """Begin a treatment plan.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    values = {
        "plan_code": filled(code, "the plan"),
        "code_system": code_system,
        "plan_name": filled(name, "the name"),
        "reason_code": reason_code,
        "reason_name": reason_name,
        "status_code": "active",
        "goal_text": filled(goal, "the goal"),
        "started_at": now(),
    }
    change = Change("plan treatment", patient_key, without_nothing(values))
    return save(settings, person, [change])


def change_goal(
    settings: Settings, person: Person, seen: Entry, *, goal: str, reason: str
) -> list[UUID]:
    """Set another goal of a plan that runs.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_running(seen)
    values = {"goal_text": filled(goal, "the goal")}
    return save(
        settings, person, [correction("change treatment plan", seen, values, reason)]
    )


def conclude_plan(
    settings: Settings,
    person: Person,
    seen: Entry,
    *,
    outcome: str,
    status: str,
    reason: str,
) -> list[UUID]:
    """End a plan with what was reached.

    Raises:
        ActionError: nothing was saved; the message says why.
    """
    _require_running(seen)
    values = {
        "status_code": one_of(status, ENDS, "the end"),
        "outcome_text": filled(outcome, "the outcome"),
        "ended_at": max(now(), seen.values["started_at"]),
    }
    return save(
        settings, person, [correction("change treatment plan", seen, values, reason)]
    )


def is_running(entry: Entry) -> bool:
    """Return whether a plan runs."""
    is_active = entry.values["status_code"] in (None, "active")
    return (
        is_active and entry.values["ended_at"] is None and not entry.is_entered_in_error
    )


def _require_running(seen: Entry) -> None:
    standing(seen, FEED)
    if not is_running(seen):
        refuse("this plan has ended already")
