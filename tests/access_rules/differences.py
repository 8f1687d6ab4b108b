"""What people see of a world that is not what the oracle says."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from tests.access_rules import oracle
from tests.access_rules.conftest import WITH_PATIENTS, token_of
from tests.access_rules.worlds import MERGED, PATIENTS, ROLES, World, plant

# What a world is tried on: one mart of each kind of reader, and what is derived.
FEW = (
    "marts.fct_conditions",
    "marts.fct_lab_results",
    "marts.fct_result_trends",
    "marts.own_results",
    "ml.risk_score",
)
LABELLED = "marts.fct_labelled_facts"
EXPLAINED = (1, 2, 3, 12)
FIND = """
    select found.patient_key
    from unnest(%s::text[]) as sought (token)
    cross join lateral access.find_patients(
        array['{0}'], array[sought.token::uuid], array[0], 10
    ) as found
    order by 1
"""
FIND_CLOSED = """
    select found.patient_key
    from unnest(%s::text[]) as sought (tokens)
    cross join lateral access.find_closed_patients(
        '{0}'::text[], string_to_array(sought.tokens, ' ')::uuid[], '{1}'::integer[]
    ) as found
    order by 1
"""
BY_NUMBER, BY_NAME = FIND.format("number"), FIND.format("prefix")
# Places of the hashes of a patient, their kinds, and whether they name one exactly.
EXACTNESS = (
    ((0,), "{number}", True),
    ((1, 2, 3), "{prefix,prefix,birth_date}", True),
    ((1, 2), "{prefix,prefix}", False),
    ((1, 3), "{prefix,birth_date}", False),
    ((3,), "{birth_date}", False),
)
WARD = "select distinct patient_key from access.ward_patients() where %s = is_mine"
MAY_SEE = "select unnest(access.may_see(%s)) order by 1"
IDENTITY = "select patient_key from access.identity_of(%s) order by 1"
HIDDEN = """
    select coalesce(sum(hidden.fact_count), 0)
    from unnest(%s::bigint[]) as asked (patient)
    cross join lateral access.hidden_facts(asked.patient) as hidden
"""
EXPLAIN = """
    select asked.user_id, patient, rule.is_met
    from unnest(%s::text[]) as asked (user_id)
    cross join unnest(%s::bigint[]) as patient
    cross join lateral access.explain(asked.user_id, patient) as rule
    where rule.rule_code = 'answer'
"""
FINDERS = {"lab_technician", "registrar", "billing", "compliance", "support"}

Rows = dict[str, list[tuple[int, int]]]


def relations(connection: psycopg.Connection) -> list[str]:
    """Return every table of a patient that people may read."""
    return [name for (name,) in connection.execute(WITH_PATIENTS) if name != LABELLED]


def content_of(connection: psycopg.Connection, names: Sequence[str]) -> Rows:
    """Return patient and labels of every row, as one who sees all."""
    return {
        name: connection.execute(
            f"select patient_key, sensitivity from {name} "  # noqa: S608 - a table
            "where patient_key = any(%s)",
            (list(PATIENTS),),
        ).fetchall()
        for name in (*names, LABELLED)
    }


def readers_of(connection: psycopg.Connection, content: Rows) -> dict[str, set[str]]:
    """Return, for each table, the roles of people that may read it at all."""
    asked = "select has_table_privilege(%s, %s, 'select')"
    return {
        name: {
            role
            for role in set(ROLES.values())
            if connection.execute(asked, (f"ehr_{role}", name)).fetchone()[0]
        }
        for name in content
    }


@contextmanager
def as_person(
    connection: psycopg.Connection, role: str, user_id: str
) -> Iterator[psycopg.Connection]:
    """Be a person on the administrator's connection: same rules, same transaction."""
    connection.execute(f"set local session authorization ehr_{role}")
    connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
    yield connection
    connection.execute("set local session authorization default")


def differences(
    connection: psycopg.Connection,
    world: World,
    content: Rows,
    readers: dict[str, set[str]],
) -> Iterator[str]:
    """Yield what is not as it should be, of a world that is planted and taken away."""
    with connection.transaction(force_rollback=True):
        plant(connection, world)
        for user_id, role in ROLES.items():
            mine = {
                name: rows for name, rows in content.items() if role in readers[name]
            }
            with as_person(connection, role, user_id):
                yield from _of_rows(connection, world, user_id, mine)
                yield from _of_patients(connection, world, user_id)
                yield from _of_counts(connection, world, user_id, content[LABELLED])
                if role == "support":
                    yield from _of_explanations(connection, world)


def _of_rows(
    connection: psycopg.Connection, world: World, user_id: str, content: Rows
) -> Iterator[str]:
    if not content:
        return
    statement = " union all ".join(
        f"select '{name}', patient_key, sensitivity from {name} "  # noqa: S608 - tables
        "where patient_key = any(%(patients)s)"
        for name in content
    )
    values = {"patients": list(PATIENTS)}
    found = sorted(connection.execute(statement, values).fetchall())
    expected = sorted(
        (name, *row)
        for name, rows in content.items()
        for row in rows
        if oracle.is_row_seen(world, user_id, *row)
    )
    for name, patient, sensitivity in set(found) ^ set(expected):
        yield f"{user_id}: {name} of {patient} with labels {sensitivity}"
    if len(found) != len(expected):
        yield f"{user_id}: {len(found)} rows, not {len(expected)}"


def _of_patients(
    connection: psycopg.Connection, world: World, user_id: str
) -> Iterator[str]:
    for statement, value, wanted in _expected(world, user_id):
        found = [key for (key,) in connection.execute(statement, (value,))]
        if sorted(found) != sorted(wanted):
            yield f"{user_id}: {found}, not {sorted(wanted)}, of {statement}"


def _expected(world: World, user_id: str) -> Iterator[tuple[str, object, set[int]]]:
    """Yield what is asked for patients, with which value, and who must come."""
    role, everyone = ROLES[user_id], list(PATIENTS)
    seen = oracle.patients_seen(world, user_id)
    yield MAY_SEE, everyone, seen
    yield MAY_SEE, list(MERGED), {p for p in MERGED if oracle.person(p) in seen}
    if role not in {"quality", "support"}:
        yield IDENTITY, everyone, oracle.named(world, user_id)
    if role in {"doctor", "nurse"} | FINDERS:
        by_number = set(PATIENTS) if role == "support" else seen
        by_name = oracle.found_by_name(world, user_id)
        yield BY_NUMBER, _tokens(0), by_number | by_name
        yield BY_NAME, _tokens(1), by_name
        # By a number from before the merge, the person is found.
        old = [str(token_of(patient)) for patient in MERGED]
        yield BY_NUMBER, old, set(MERGED.values()) & (by_number | by_name)
    if role == "nurse":
        ward = oracle.on_own_ward(world, user_id)
        yield WARD, True, ward & seen
        yield WARD, False, ward - seen
    if role == "doctor" and user_id in world.active:
        for places, kinds, is_exact in EXACTNESS:
            words = "{" + ",".join(map(str, range(len(places)))) + "}"
            closed = set(PATIENTS) - seen if is_exact else set()
            yield FIND_CLOSED.format(kinds, words), _tokens(*places), closed


def _tokens(*places: int) -> list[str]:
    """Return the hashes in those places, of one patient after the other."""
    return [
        " ".join(str(token_of(patient, place)) for place in places)
        for patient in PATIENTS
    ]


def _of_counts(
    connection: psycopg.Connection,
    world: World,
    user_id: str,
    labelled: list[tuple[int, int]],
) -> Iterator[str]:
    if ROLES[user_id] not in {"doctor", "nurse", "billing"}:
        return
    count = connection.execute(HIDDEN, (list(PATIENTS),)).fetchone()[0]
    if count != oracle.hidden_count(world, user_id, labelled):
        yield f"{user_id}: {count} facts are hidden"


def _of_explanations(connection: psycopg.Connection, world: World) -> Iterator[str]:
    answers = connection.execute(EXPLAIN, (list(ROLES), list(EXPLAINED))).fetchall()
    if len(answers) != len(ROLES) * len(EXPLAINED):
        yield f"{len(answers)} explanations"
    for whom, patient, is_met in answers:
        if is_met != (oracle.person(patient) in oracle.patients_seen(world, whom)):
            yield f"explain says {is_met} of {whom} and {patient}"
