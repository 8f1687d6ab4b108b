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
from tests.checking.mart_faults import DELIVERED, FULL, PATIENT, Case, Planted, case_of
from tests.conftest import installation_with_marts

CHECKS = [check for checks in mart_checks().values() for check in checks]
OWN_SCHEMAS = re.compile(r"\b(?:marts|staging|terminology|research|ml|raw)\.(?=[a-z_])")
ELSEWHERE = {"ingredients": "terminology", "touched_feeds": "raw"}
PERSONS = re.compile(r"\bpersons\.(?=[a-z_])")
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
        return self._connection.execute(_of_copies(statement)).fetchall()

    def _empty(self, relation: str) -> None:
        name = sql.Identifier("pg_temp", relation)
        if relation in self._types:
            # Deleted rows would stay in a temporary table, and each scan pass them.
            self._connection.execute(sql.SQL("truncate {}").format(name))
            return
        schema, origin = _origin_of(relation)
        self._connection.execute(
            sql.SQL("create temporary table {} as select * from {} limit 0").format(
                sql.Identifier(relation), sql.Identifier(schema, origin)
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
    return set(
        re.findall(
            r"\bpg_temp\.([a-z_]+)", _of_copies(scan_of(check.relation, [check]))
        )
    )


def _of_copies(statement: str) -> str:
    """Return a statement that reads the copies."""
    return OWN_SCHEMAS.sub("pg_temp.", PERSONS.sub(f"pg_temp.{DELIVERED}", statement))


def _origin_of(copy: str) -> tuple[str, str]:
    """Return the schema and the name of what a copy is of."""
    if copy in ELSEWHERE:
        return ELSEWHERE[copy], copy
    if copy.startswith(DELIVERED):
        return "persons", copy.removeprefix(DELIVERED)
    return schema_of(copy), copy


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


def results_of_one_patient(*more: Row) -> Planted:
    """Return a result that stands in its mart, and more of staging that do not."""
    kept: Row = {
        "lab_result_key": "s:kept",
        "source_system": "s",
        "patient_key": PATIENT,
        "delivery_id": 1,
    }
    current: Row = {**kept, "is_current": True, "is_closed": False}
    in_staging = [current, *({**current, **each} for each in more)]
    entries = [
        {
            "source_system": each["source_system"],
            "record_id": each["lab_result_key"].split(":")[1],
            "patient_key": each["patient_key"],
        }
        for each in in_staging
    ]
    return (
        Planted()
        .add("fct_lab_results", kept)
        .add("stg_lab_results", *in_staging)
        .add(f"{DELIVERED}lab_results", *entries)
        .add("touched_feeds", *NEWS)
    )


KEPT = "stg_lab_results:lab_result_key:kept"
# What landed since the build began: of another feed, too.
NEWS: tuple[Row, ...] = (
    {"feed": "lab_results", "delivery_id": 2},
    {"feed": "vital_signs", "delivery_id": 3},
)


@pytest.mark.parametrize(
    "change",
    [{"is_closed": True}, {"is_current": False}, {"delivery_id": 2}],
    ids=["closed", "superseded", "landed since"],
)
def test_a_fact_that_should_be_in_no_mart_is_not_missed(
    change: Row, copies: Copies
) -> None:
    planted = results_of_one_patient({"lab_result_key": "s:other", **change})

    found = copies.judge(check_of(KEPT), planted)

    assert (found.rows_count, found.applicable_count, found.broken_count) == (1, 1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"lab_result_key": "s:dropped"},
        {"lab_result_key": "s:dropped", "patient_key": 2},
        {"lab_result_key": "other:kept", "source_system": "other"},
        {"lab_result_key": "s:dropped", "delivery_id": 3},
    ],
    ids=["same patient", "another patient", "another source", "news of another feed"],
)
def test_a_fact_that_was_dropped_beside_one_that_was_kept_is_found(
    change: Row, copies: Copies
) -> None:
    planted = results_of_one_patient(change)

    found = copies.judge(check_of(KEPT), planted)

    assert (found.rows_count, found.applicable_count, found.broken_count) == (2, 2, 1)


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


PULSE = {
    "vital_sign_key": "a",
    "patient_key": 1,
    "measured_at": "2020-01-01T00:00Z",
    "observation_code": "8867-4",
}
TOLD_AGAIN: dict[str, tuple[list[Row], int]] = {
    "twice more at one time": ([{}, {}], 2),
    "another number": ([{"value_text": "72"}], 0),
    "a second later": ([{"measured_at": "2020-01-01T00:00:01Z"}], 0),
    "of another patient": ([{"patient_key": 2}], 0),
    "without a time": ([{"measured_at": None}], 0),
    "twice without a time": ([{"measured_at": None}, {"measured_at": None}], 1),
    # No time is no moment, not even the one that stands for it.
    "without a time, and in 1900": (
        [{"measured_at": None}, {"measured_at": "1900-01-01T00:00Z"}],
        0,
    ),
    "twice, beside others of that time": (
        [{"value_text": "72"}, {"value_text": "72"}, {"value_text": "73"}],
        1,
    ),
}


@pytest.mark.parametrize(("others", "broken"), TOLD_AGAIN.values(), ids=TOLD_AGAIN)
def test_what_is_told_again_is_counted_but_for_the_first(
    others: list[Row], broken: int, copies: Copies
) -> None:
    keyed = [
        PULSE | row | {"vital_sign_key": f"b{at}"} for at, row in enumerate(others)
    ]
    planted = Planted().add("fct_vital_signs", PULSE, *keyed)

    found = copies.judge(check_of("fct_vital_signs:vital_sign_key:told_once"), planted)

    assert (found.broken_count, found.applicable_count) == (broken, 1 + len(others))


SYSTOLIC = {
    "patient_key": 1,
    "measured_at": "2020-01-01T00:00Z",
    "vital_sign_name": "Systolic blood pressure",
    "standard_number": 120,
}
DIASTOLIC = {"vital_sign_name": "Diastolic blood pressure", "standard_number": 121}
# What stands beside a diastolic pressure of 121: how many are compared, how many wrong.
BESIDE: dict[str, tuple[list[Row], tuple[int, int]]] = {
    "a lower one": ([{}], (1, 1)),
    "one as high": ([{"standard_number": 121}], (1, 0)),
    "one in place and visit": (
        [{"encounter_key": "e", "position_name": "sitting"}],
        (1, 1),
    ),
    "a lower and a higher one": ([{}, {"standard_number": 122}], (1, 0)),
    "one without a number": ([{"standard_number": None}], (0, 0)),
    "another measure": ([{"vital_sign_name": "Heart rate"}], (0, 0)),
}
APART: dict[str, Row] = {
    "of another patient": {"patient_key": 2},
    "a second later": {"measured_at": "2020-01-01T00:00:01Z"},
    "of another visit": {"encounter_key": "other"},
    "in another position": {"position_name": "standing"},
    "without a time": {"measured_at": None},
}


@pytest.mark.parametrize(("beside", "counts"), BESIDE.values(), ids=BESIDE)
def test_pressures_of_one_moment_are_compared(
    beside: list[Row], counts: tuple[int, int], copies: Copies
) -> None:
    found = copies.judge(
        check_of("fct_vital_signs:standard_number:pressures_in_order"),
        Planted().add(
            "fct_vital_signs",
            SYSTOLIC | beside[0] | DIASTOLIC,
            *(SYSTOLIC | row for row in beside),
        ),
    )

    assert (found.applicable_count, found.broken_count) == counts


@pytest.mark.parametrize("apart", APART.values(), ids=APART)
def test_pressures_of_two_moments_are_not_compared(apart: Row, copies: Copies) -> None:
    check = check_of("fct_vital_signs:standard_number:pressures_in_order")
    rows = [SYSTOLIC | DIASTOLIC, SYSTOLIC | apart]

    for first, second in (rows, [SYSTOLIC, SYSTOLIC | DIASTOLIC | apart]):
        planted = Planted().add("fct_vital_signs", first, second)
        assert copies.judge(check, planted).applicable_count == 0


def check_of(check_id: str) -> MartCheck:
    """Return the check with an id."""
    return next(check for check in CHECKS if check.check_id == check_id)
