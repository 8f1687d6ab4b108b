"""Cells that are tried: a role, an object, a way to use it; and what differs."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.permissions.warehouse.attempts import DENIED, Answer, Attempts, Outcome
from tests.permissions.warehouse.catalog import Function, Relation
from tests.permissions.warehouse.expected_rights import Rights
from tests.permissions.warehouse.ways_of_use import ways_to_use

# Whoever has a right may say it; that it is given away shows only afterwards.
GIVING = """
    grant select on {name} to public;
    select case when has_table_privilege('public', '{name}', 'select') then 'given' end
"""
MAKING = (
    "create table {schema}.tried (number integer)",
    "create view {schema}.tried as select 1 as number",
    "create function {schema}.tried() returns integer language sql return 1",
    "create sequence {schema}.tried",
)


@dataclass
class Cells:
    """How many cells there were, what differs, and every text of an error."""

    catalog: int = 0
    tried: int = 0
    differing: list[tuple[str, ...]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def tell(
        self, outcome: Outcome, *cell: str, allowed: bool, is_view: bool = False
    ) -> None:
        """Count one attempt; keep it where it differs from what was expected.

        What cannot be done at all with a view, or with a table just now, differs from
        nothing; but a table must say no to whom it is closed.
        """
        self.tried += 1
        if outcome.texts:
            self.texts.append(outcome.texts)
        answer = outcome.answer
        if answer is Answer.IMPOSSIBLE and (is_view or allowed):
            return
        if (answer is Answer.ALLOWED) != allowed:
            said = "expected" if allowed else "not expected"
            self.differing.append(
                (*cell, f"{answer}, which is {said}", str(outcome[:2]))
            )

    def note(self, *cell: str, is_wrong: object) -> None:
        """Count one attempt that was judged already."""
        self.tried += 1
        if is_wrong:
            self.differing.append(cell)


def try_relation(
    cells: Cells, attempts: Attempts, rights: Rights, role: str, relation: Relation
) -> None:
    """Try every way to use one relation as one role."""
    enters = rights.enters(role, relation.schema)
    by_column = bool(rights.columns[role, relation.full_name, "select"])
    for way in ways_to_use(relation, by_column):
        done = attempts.of(way.statement.format(name=relation.quoted))
        cells.tell(
            done,
            role,
            way.statement,
            relation.full_name,
            allowed=enters and rights.let(role, relation, way),
            is_view=not relation.is_table,
        )
    if relation.kind == "S":
        return
    given = attempts.of(GIVING.format(name=relation.quoted))
    if given.rows != [("given",)]:
        given = given._replace(state=DENIED)
    allowed = enters and rights.owns(role, relation)
    cells.tell(given, role, "give away", relation.full_name, allowed=allowed)


def try_functions(
    cells: Cells,
    attempts: Attempts,
    rights: Rights,
    role: str,
    functions: Iterable[Function],
) -> None:
    """Call every function as one role, with nothing for every argument."""
    for function in functions:
        arguments = ", ".join(["null"] * function.argument_count)
        done = attempts.of(f"select {function.schema}.{function.name}({arguments})")
        # A function that was entered may itself refuse who asks.
        if not done.message.startswith("permission denied for"):
            done = done._replace(state=None)
        allowed = (role, function.signature) in rights.functions
        allowed = allowed and rights.enters(role, function.schema)
        cells.tell(done, role, "call", function.signature, allowed=allowed)


def try_schemas(
    cells: Cells, attempts: Attempts, rights: Rights, role: str, schemas: Iterable[str]
) -> None:
    """Try to make things in every schema as one role, and to drop it."""
    for schema in schemas:
        verbs = rights.schemas[role, schema]
        for statement in MAKING:
            done = attempts.of(statement.format(schema=schema))
            allowed = bool(verbs & {"create", "owns"})
            cells.tell(done, role, statement, schema, allowed=allowed)
        done = attempts.of(f"drop schema {schema} cascade")
        cells.tell(done, role, "drop schema", schema, allowed="owns" in verbs)
