"""Every check of a mart fails on a fault of its own, and on nothing beside it."""

import re
from collections.abc import Iterator, Sequence

import psycopg
import pytest
from psycopg import sql

from expectations.marts.catalogue import mart_checks
from expectations.marts.mart_check import MartCheck
from expectations.results import State
from pipelines.checking.marts import Found
from pipelines.checking.scan import facts_of, scan_of, schema_of
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.checking.computed_faults import Row
from tests.checking.mart_faults import FULL, Case, Planted, case_of
from tests.conftest import installation_with_marts

CHECKS = [check for checks in mart_checks().values() for check in checks]
OWN_SCHEMAS = re.compile(r"\b(?:marts|staging|terminology|research|ml)\.(?=[a-z_])")
# A value of a type, where a check asks for any.
OF_TYPE = {
    "text": "x",
    "bigint": 1,
    "integer": 1,
    "boolean": True,
    "date": "2020-01-01",
    "timestamp with time zone": "2020-01-01T00:00Z",
}
COLUMNS = """
    select attname, format_type(atttypid, null)
    from pg_attribute
    where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""


class Copies:
    """Empty copies of relations, without constraints; emptied before each planting."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._types: dict[str, dict[str, str]] = {}

    def judge(self, check: MartCheck, planted: Planted) -> Found:
        """Return what a check finds in planted rows, of all sources together."""
        self.plant([check], planted)
        (found,) = self.scan([check])
        return found

    def plant(self, checks: Sequence[MartCheck], planted: Planted) -> None:
        """Empty every relation that checks read, and fill in planted rows."""
        for relation in sorted(set().union(*map(_relations_of, checks))):
            self._empty(relation)
        for relation, row in planted.rows:
            self._insert(relation, row)

    def scan(self, checks: Sequence[MartCheck]) -> list[Found]:
        """Return what checks of one relation find in one scan."""
        rows = self._read(scan_of(checks[0].relation, checks))
        nothing = [("", 0, *(0 for _ in checks for _ in range(2)))]
        _, all_rows, *counts = zip(*(rows or nothing), strict=True)
        pairs = zip(counts[0::2], counts[1::2], strict=True)
        return [
            Found(check, "", sum(all_rows), sum(applicable), sum(broken))
            for check, (applicable, broken) in zip(checks, pairs, strict=True)
        ]

    def count(self, check: MartCheck) -> int:
        """Return how many rows are those that break a check, as they are looked for."""
        ((count,),) = self._read(
            "\n".join(
                (
                    facts_of(check.relation, [check]),
                    "select count(*) from fact",
                    *check.joins,
                    f"where {check.condition}",
                )
            )
        )
        return count

    def _read(self, statement: str) -> list[tuple]:
        return self._connection.execute(
            OWN_SCHEMAS.sub("pg_temp.", statement)
        ).fetchall()

    def _empty(self, relation: str) -> None:
        name = sql.Identifier("pg_temp", relation)
        if relation in self._types:
            # Deleted rows would stay in a temporary table, and each scan pass them.
            self._connection.execute(sql.SQL("truncate {}").format(name))
            return
        schema = "terminology" if relation == "ingredients" else schema_of(relation)
        self._connection.execute(
            sql.SQL("create temporary table {} as select * from {} limit 0").format(
                sql.Identifier(relation), sql.Identifier(schema, relation)
            )
        )
        found = self._connection.execute(COLUMNS, (f"pg_temp.{relation}",))
        self._types[relation] = dict(found.fetchall())

    def _insert(self, relation: str, row: Row) -> None:
        types = self._types[relation]
        values = {
            name: OF_TYPE.get(types[name], 1) if value is FULL else value
            for name, value in row.items()
        }
        self._connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("pg_temp", relation),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join([sql.Placeholder()] * len(values)),
            ),
            list(values.values()),
        )


def _relations_of(check: MartCheck) -> set[str]:
    """Return the relations that a scan reads."""
    named = OWN_SCHEMAS.pattern + "([a-z_]+)"
    return set(re.findall(named, scan_of(check.relation, [check])))


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Yield copies in an installation with empty marts."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("faults")):
        with connect(settings, Role.BUILDER, autocommit=True) as connection:
            yield Copies(connection)


@pytest.mark.parametrize("check", CHECKS, ids=[check.check_id for check in CHECKS])
def test_the_check_fails_on_a_fault_of_its_own(
    check: MartCheck, copies: Copies
) -> None:
    case: Case = case_of(check)

    broken, kept = copies.judge(check, case.broken), copies.judge(check, case.kept)
    nothing = copies.judge(check, Planted())

    assert broken.state is State.FAILED
    assert kept.state is not State.FAILED
    assert nothing.state is State.NOT_APPLICABLE


@pytest.mark.parametrize("relation", ["fct_lab_results", "fct_vital_signs"])
def test_checks_of_single_measures_count_together_what_each_counts_alone(
    relation: str, copies: Copies
) -> None:
    checks = [check for check in mart_checks()[relation] if check.among]
    rows = [row for check in checks for row in case_of(check).broken.rows]
    copies.plant(checks, Planted([*rows, *rows[::2]]))

    together = copies.scan(checks)

    assert together == [copies.scan([check])[0] for check in checks]
    assert [each.broken_count for each in together] == list(map(copies.count, checks))
    assert {each.broken_count for each in together} >= {1, 2}
    assert {each.rows_count for each in together} == {len(rows) + len(rows[::2])}


def test_no_two_checks_of_a_relation_ask_the_same() -> None:
    asked = [
        (check.relation, check.condition, *check.windows.values()) for check in CHECKS
    ]

    assert len(asked) == len(set(asked))
