"""Every way to use a relation: a statement, and which rights are enough for it."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.permissions.warehouse.catalog import Relation

TABLE_VERBS = frozenset(
    {
        "select", "insert", "update", "delete", "truncate", "references", "trigger",
        "maintain",
    }
)  # fmt: skip
SELECT = frozenset({"select"})
CHANGE = frozenset({"update", "delete", "truncate", "maintain"})
# Only whoever owns it.
OWNER_ONLY: frozenset[str] = frozenset()


class Way(NamedTuple):
    """One statement; any of the verbs is enough, or one of columns if it names one."""

    statement: str
    verbs: frozenset[str]
    column_verb: str = ""
    # The column that the right must be for; without it, any column.
    column: str = ""
    # Whoever owns the schema may, too.
    is_of_schema: bool = False


READING = (
    Way("select 1 from {name} limit 0", SELECT, "select"),
    Way("explain select 1 from {name}", SELECT, "select"),
    Way("explain analyze select 1 from {name} limit 0", SELECT, "select"),
    Way("copy (select 1 from {name} limit 0) to stdout", SELECT, "select"),
    Way("select * from {name} limit 0", SELECT),
    Way("copy (select * from {name} limit 0) to stdout", SELECT),
)
CHANGING = (
    Way("insert into {name} default values", frozenset({"insert"}), "insert"),
    Way("delete from {name} where false", frozenset({"delete"})),
    Way(
        "create trigger tried after insert on {name} execute function nothing()",
        frozenset({"trigger"}),
    ),
    Way("create rule tried as on insert to {name} do instead nothing", OWNER_ONLY),
)
WITH_TABLES = (
    Way("copy {name} to stdout", SELECT),
    Way("copy {name} from stdin", frozenset({"insert"})),
    Way("truncate {name}", frozenset({"truncate"})),
    Way("lock table {name} in access share mode", SELECT | CHANGE | {"insert"}),
    Way("lock table {name} in access exclusive mode", CHANGE),
    Way("create policy tried on {name} using (true)", OWNER_ONLY),
    Way("alter table {name} disable row level security", OWNER_ONLY),
    Way("alter table {name} no force row level security", OWNER_ONLY),
    Way("alter table {name} add column tried integer", OWNER_ONLY),
    Way("drop table {name}", OWNER_ONLY, is_of_schema=True),
)
WITH_VIEWS = (
    Way("alter view {name} reset (security_invoker)", OWNER_ONLY),
    Way("drop view {name}", OWNER_ONLY, is_of_schema=True),
)
WITH_SEQUENCES = (
    Way("select last_value from {name}", SELECT),
    Way("select nextval('{name}')", frozenset({"usage", "update"})),
    Way("select setval('{name}', 1)", frozenset({"update"})),
    Way("alter sequence {name} restart", OWNER_ONLY),
)


def ways_to_use(relation: Relation, granted_columns: bool) -> Iterator[Way]:  # noqa: FBT001
    """Yield every way; with rights by column, a reading of each column, too."""
    if relation.kind == "S":
        yield from WITH_SEQUENCES
        return
    yield from READING
    yield from CHANGING
    yield from WITH_TABLES if relation.is_table else WITH_VIEWS
    column = relation.plain_column or ""
    yield Way(
        f'update {{name}} set "{column}" = null where false',  # noqa: S608 - a name
        frozenset({"update"}),
        "update",
        column,
    )
    if granted_columns:
        for name in relation.columns:
            statement = f'select "{name}" from {{name}} limit 0'  # noqa: S608 - a name
            yield Way(statement, SELECT, "select", name)
