"""What the desk's entries say, in one line each, and one value at a time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dashboards.chart.words import date_text, time_text
from dashboards.writing.local_time import local
from pipelines.record.actions.entry import Entry
from pipelines.record.actions.insuring import HOLDERS, PLANS, RANKS
from pipelines.record.actions.keeping_contacts import RELATIONSHIPS, ROLES
from pipelines.record.actions.registering import (
    ETHNICITIES,
    MARITAL,
    RACES,
    SEXES,
)

NOTHING = "not filled in"
WORDS: Mapping[str, Mapping[Any, str]] = {
    "sex_code": SEXES,
    "marital_status_code": MARITAL,
    "race_code": RACES,
    "ethnicity_code": ETHNICITIES,
    "relationship_code": RELATIONSHIPS,
    "contact_role_code": ROLES,
    "plan_type_code": PLANS,
    "subscriber_relationship_code": HOLDERS,
    "priority_number": RANKS,
}
# Only a day is told of these, whatever their type.
DAYS = frozenset({"started_at", "ended_at"})


def value_words(name: str, value: Any) -> str:
    """Return one value in words."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        at = local(value)
        return date_text(at) if name in DAYS else time_text(at)
    if isinstance(value, date):
        return date_text(value)
    return WORDS.get(name, {}).get(value, str(value))


def contact_words(entry: Entry) -> str:
    """Return a contact: name, relationship, what for, and how to reach."""
    values = entry.values
    reach = values["phone"] or values["email"] or values["address_line"]
    relation = value_words("relationship_code", values["relationship_code"]).lower()
    role = ROLES.get(values["contact_role_code"], "").partition(":")[0].lower()
    return _until(entry, values["contact_name"], relation, role, reach)


def coverage_words(entry: Entry) -> str:
    """Return an insurance: rank, insurer, plan, and since when."""
    values = entry.values
    rank = value_words("priority_number", values["priority_number"])
    since = value_words("started_at", values["started_at"])
    plan = values["plan_name"]
    return _until(entry, f"{rank}: {values['payer_name']}", plan, f"from {since}")


def changes_told(
    entry: Entry, columns: Mapping[str, str], values: Mapping[str, Any]
) -> list[str]:
    """Return what a correction changes, each with what stood there before."""
    return [
        f"{label} before: {value_words(name, entry.values[name])}"
        for name, label in columns.items()
        if name in values and entry.values[name] != values[name]
    ]


def _until(entry: Entry, *parts: str | None) -> str:
    words = ", ".join(part for part in parts if part)
    ended = entry.values["ended_at"]
    words += f", ended {value_words('ended_at', ended)}" if ended else ""
    return f"{words} (entered in error)" if entry.is_entered_in_error else words
