"""Who may do what: one table of data, of actions by roles, and how it is asked.

``permissions.csv`` has a row per action: the feed that it is about, the verb (read,
create, correct, correct own, or outside of the record) and, per role, whose patients it
holds for: any that the person may see, those assigned, those of the ward, the own. The
policies and rights of the record are made from the same rows (``tables``), so the
database refuses what the table does not allow, whoever asks.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.access.people import Person, PersonRole

TABLE = Path(__file__).with_name("permissions.csv")
CREATE = "create"
CORRECT = "correct"
CORRECT_OWN = "correct own"
READ = "read"
RELATIONS = frozenset({"any", "assigned", "ward", "own"})


@dataclass(frozen=True)
class Permission:
    """One action: what it is about, how it changes it, and who may, for whom."""

    action: str
    feed: str
    verb: str
    relations: dict[PersonRole, str]

    def allows(self, role: PersonRole) -> bool:
        """Return whether a role may do this at all."""
        return role in self.relations


@cache
def permissions() -> dict[str, Permission]:
    """Return every action of the table, by its name."""
    with TABLE.open(newline="", encoding="utf-8") as lines:
        return {line["action"]: _permission(line) for line in csv.DictReader(lines)}


def actions_on(feed: str, *verbs: str) -> list[Permission]:
    """Return the actions that do one of these to a feed."""
    return [
        each
        for each in permissions().values()
        if each.feed == feed and each.verb in verbs
    ]


def roles_that(feed: str, *verbs: str) -> list[PersonRole]:
    """Return the roles that may do one of these to a feed, in the order of roles."""
    allowed = {role for each in actions_on(feed, *verbs) for role in each.relations}
    return [role for role in PersonRole if role in allowed]


def may(person: Person, action: str) -> bool:
    """Return whether a person's role may do this: for offering it, not for doing it."""
    return permissions()[action].allows(person.role)


def _permission(line: dict[str, str]) -> Permission:
    cells = {role: line[role.value] for role in PersonRole if line[role.value]}
    unknown = set(cells.values()) - RELATIONS
    if unknown:
        msg = f"permissions.csv: {line['action']}: no such relation: {sorted(unknown)}"
        raise ValueError(msg)
    return Permission(line["action"], line["feed"], line["verb"], cells)
