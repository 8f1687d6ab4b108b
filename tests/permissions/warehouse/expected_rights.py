"""Which rights there should be: from the models' readers and one reviewed list.

``other_grants.csv`` holds every right that no model's ``meta.readers`` gives: whose, on
what, and why. Whatever stands in neither is denied. A ``*`` may stand for all of a
schema only where a role owns it, so that a new table is closed to everybody until it is
listed; ``<feed>`` stands for the table of every feed.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipelines.database.roles import PEOPLE, RESEARCH_READERS, Role
from pipelines.feeds.catalogue import FEEDS
from tests.permissions.warehouse.catalog import Function, Relation
from tests.permissions.warehouse.readers_of_models import Readers
from tests.permissions.warehouse.ways_of_use import Way

LIST = Path(__file__).with_name("other_grants.csv")
OBJECT = re.compile(r"[a-z_]+\.(?:[a-z_0-9]+|\*|<feed>)(?:\([^)]*\))?")
SEQUENCE_VERBS = frozenset({"usage", "select", "update"})
OWNS = frozenset({"owns"})
NOTHING: frozenset[str] = frozenset()


@dataclass
class Rights:
    """What each role may do with each object; what is missing is denied."""

    relations: dict[tuple[str, str], frozenset[str]] = field(
        default_factory=lambda: defaultdict(frozenset)
    )
    columns: dict[tuple[str, str, str], frozenset[str]] = field(
        default_factory=lambda: defaultdict(frozenset)
    )
    functions: set[tuple[str, str]] = field(default_factory=set)
    schemas: dict[tuple[str, str], frozenset[str]] = field(
        default_factory=lambda: defaultdict(frozenset)
    )
    # Of a relation that names patients: as the role sees them in marts, or all.
    patients: dict[tuple[str, str], str] = field(default_factory=dict)
    # Rows of the list that mean nothing that is there.
    stale: list[str] = field(default_factory=list)

    def may(self, role: str, relation: Relation, verb: str) -> bool:
        """Return whether a role has a right on a relation as a whole."""
        verbs = self.relations[role, relation.full_name]
        return verb in verbs or self.owns(role, relation)

    def owns(self, role: str, relation: Relation) -> bool:
        """Return whether a relation belongs to a role."""
        return "owns" in self.relations[role, relation.full_name]

    def let(self, role: str, relation: Relation, way: Way) -> bool:
        """Return whether a role's rights are enough for a way to use a relation."""
        if self.owns(role, relation) or (
            way.is_of_schema and "owns" in self.schemas[role, relation.schema]
        ):
            return True
        if self.relations[role, relation.full_name] & way.verbs:
            return True
        columns = self.columns[role, relation.full_name, way.column_verb]
        return way.column in columns if way.column else bool(columns)

    def enters(self, role: str, schema: str) -> bool:
        """Return whether a role may name what is in a schema."""
        return bool(self.schemas[role, schema] & {"usage", "owns"})


def expected_rights(
    readers: Readers,
    relations: Iterable[Relation],
    functions: Iterable[Function],
    schemas: Iterable[str],
    sql_login: str,
) -> Rights:
    """Return the rights that the models and the list give.

    ``sql_login`` is a researcher's own login, which has what its group has.
    """
    rights = Rights()
    names = [relation.full_name for relation in relations]
    signatures = [function.signature for function in functions]
    for relation, reading in readers.items():
        for role in reading.roles:
            rights.relations[role, relation] |= {"select"}
            rights.patients[role, relation] = "role"
        if relation not in names:
            rights.stale.append(relation)
    with LIST.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            _enter(rights, row, Listed(names, signatures, list(schemas)))
    _give_members(rights, sql_login)
    return rights


def roles_named(words: str) -> list[str]:
    """Return the roles of a row; ``people`` stands for every application role."""
    found = []
    for word in words.split():
        found += [str(role) for role in PEOPLE] if word == "people" else [word]
    known = {*map(str, Role), RESEARCH_READERS}
    assert set(found) <= known, words
    return found


class Listed(NamedTuple):
    """The names of what is there."""

    relations: list[str]
    functions: list[str]
    schemas: list[str]


def _enter(rights: Rights, row: dict[str, str], there: Listed) -> None:
    """Enter one row of the list."""
    assert row["reason"].strip(), row
    verbs = frozenset(row["verbs"].split())
    assert (
        "*" not in row["object"]
        or roles_named(row["roles"]) == ["ehr_owner"]
        or (verbs == OWNS)
    ), row
    enter = {
        "schema": _enter_schemas,
        "relation": _enter_relations,
        "columns": _enter_columns,
        "function": _enter_functions,
    }[row["kind"]]
    for role in roles_named(row["roles"]):
        enter(rights, row, role, verbs, there)


def _enter_schemas(
    rights: Rights, row: dict[str, str], role: str, verbs: frozenset[str], there: Listed
) -> None:
    asked = there.schemas if row["object"] == "*" else row["object"].split()
    rights.stale += sorted(set(asked) - set(there.schemas))
    for schema in asked:
        rights.schemas[role, schema] |= verbs


def _enter_relations(
    rights: Rights, row: dict[str, str], role: str, verbs: frozenset[str], there: Listed
) -> None:
    for name in _meant(rights, row["object"], there.relations):
        rights.relations[role, name] |= verbs
        if row["patients"]:
            rights.patients[role, name] = row["patients"]


def _enter_columns(
    rights: Rights, row: dict[str, str], role: str, verbs: frozenset[str], there: Listed
) -> None:
    name, _, columns = row["object"].partition(": ")
    rights.stale += sorted({name} - set(there.relations))
    for verb in verbs:
        rights.columns[role, name, verb] |= frozenset(columns.split())


def _enter_functions(
    rights: Rights, row: dict[str, str], role: str, verbs: frozenset[str], there: Listed
) -> None:
    assert verbs == {"execute"}, row
    for name in _meant(rights, row["object"], there.functions):
        rights.functions.add((role, name))


def _meant(rights: Rights, objects: str, there: list[str]) -> list[str]:
    """Return the objects that are there and meant; what means none is stale."""
    found = []
    for word in OBJECT.findall(objects):
        schema, _, rest = word.partition(".")
        if rest == "*":
            meant = [name for name in there if name.startswith(f"{schema}.")]
        elif rest == "<feed>":
            meant = [name for feed in FEEDS if (name := f"{schema}.{feed}") in there]
        else:
            meant = [word] if word in there else []
        if not meant and schema != "omop":
            rights.stale.append(word)
        found += meant
    assert OBJECT.sub("", objects).strip() == "", objects
    return found


def _give_members(rights: Rights, sql_login: str) -> None:
    """Give a researcher's own login what its group has."""
    for of_kind in (rights.relations, rights.schemas):
        of_group = dict(of_kind)
        for (role, name), verbs in of_group.items():
            if role == RESEARCH_READERS:
                of_kind[sql_login, name] |= verbs
