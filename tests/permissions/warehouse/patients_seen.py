"""Of which patients a role sees rows, in every relation that names patients, by force.

Beside plain reading: without a person, as a person of another role, with conditions
that fail on a hidden row, with a function that keeps what passes it, with security put
off.
"""

from collections.abc import Iterable

from pipelines.database.roles import PEOPLE
from tests.permissions.warehouse.attempts import DENIED, Attempts
from tests.permissions.warehouse.catalog import Relation
from tests.permissions.warehouse.cells import Cells
from tests.permissions.warehouse.expected_rights import Rights
from tests.permissions.warehouse.planted_rows import ENTRUSTED, MARK, STRANGER

EVERYBODY = frozenset({ENTRUSTED, STRANGER})
OWN = frozenset({ENTRUSTED})
NOBODY: frozenset[int] = frozenset()
# Of a mart; who is not named here sees every patient.
IN_MARTS = {"ehr_doctor": OWN, "ehr_nurse": OWN, "ehr_patient": OWN}
NAMING = ("patient_key", "surviving_patient_key", "patient_keys", "original_text")
SEEN = """
    select distinct seen.patient from {name} as fact
    cross join lateral (select {keys}) as seen (patient)
    where seen.patient in ({entrusted}, {stranger})
"""
KEPT = """
    select count(*) from {name}
    where set_config(
        'tried.seen',
        coalesce(current_setting('tried.seen', true), '') || ' ' || patient_key, true
    ) <> '';
    select current_setting('tried.seen', true)
"""
DIVIDED = """
    select count(*) from {name}
    where patient_key <> {entrusted} and 1 / (patient_key - {stranger}) = 1
"""
CAST = """
    select count(*) from {name}
    where patient_key <> {entrusted}
        and ({columns})
"""
PUT_OFF = "set local row_security = off; select count(*) from {name}"


def names_patients(relation: Relation) -> bool:
    """Return whether rows of a relation are of patients."""
    return any(column in NAMING for column in relation.columns)


def statement_of(statement: str, relation: Relation) -> str:
    """Return a statement about one relation and the two patients."""
    is_list = "patient_key" not in relation.columns
    return statement.format(
        name=relation.quoted,
        keys="unnest(fact.patient_keys)" if is_list else "fact.patient_key",
        columns=" or ".join(
            f'("{column}"::text)::integer = 0' for column in relation.columns
        ),
        entrusted=ENTRUSTED,
        stranger=STRANGER,
    )


def look(
    cells: Cells,
    attempts: Attempts,
    rights: Rights,
    role: str,
    relations: Iterable[Relation],
    content: dict[str, frozenset[int]],
) -> None:
    """Look as a role at every relation of patients that it reads.

    ``content`` says of which patients each relation has rows at all.
    """
    for relation in relations:
        if not rights.may(role, relation, "select") or not names_patients(relation):
            continue
        said = rights.patients.get((role, relation.full_name))
        if said is None and not rights.owns(role, relation):
            cells.differing.append((role, relation.full_name, "of whom is not listed"))
        there = content.get(relation.full_name)
        if there is None:
            continue
        everything = said == "all" or rights.owns(role, relation)
        expected = EVERYBODY if everything else IN_MARTS.get(role, EVERYBODY)
        # What the owner made and guards is guarded from the owner, too.
        if relation.is_guarded and role == relation.owner == "ehr_owner":
            expected = NOBODY
        done = attempts.of(statement_of(SEEN, relation))
        seen = frozenset(int(key) for (key,) in done.rows if key)
        cells.tried += 1
        if done.state is not None or seen != expected & there:
            cells.differing.append(
                (role, relation.full_name, f"shows {sorted(seen)}", str(done[:2]))
            )
        if relation.is_guarded:
            _force(cells, attempts, role, relation, expected)


def _force(
    cells: Cells,
    attempts: Attempts,
    role: str,
    relation: Relation,
    expected: frozenset[int],
) -> None:
    """Try to get at the rows of the stranger past the policies of a table."""
    name = relation.full_name
    done = attempts.of(statement_of(PUT_OFF, relation))
    # Who owns a table under security that is not put off gets an error, never rows.
    cells.note(role, name, "read with security put off", is_wrong=done.state != DENIED)
    done = attempts.of(statement_of(KEPT, relation))
    kept = {int(word) for row in done.rows for word in (row[0] or "").split()}
    let = done.state is not None or not kept & EVERYBODY <= expected
    cells.note(role, name, "kept by a function", is_wrong=let)
    if expected >= EVERYBODY:
        return
    for statement in (DIVIDED, CAST):
        done = attempts.of(statement_of(statement, relation))
        let = done.state is not None or done.rows != [("0",)]
        cells.note(role, name, f"told by an error: {done.message}", is_wrong=let)


def look_as_nobody(
    cells: Cells,
    attempts: Attempts,
    rights: Rights,
    role: str,
    relations: Iterable[Relation],
) -> None:
    """Look without a person, and as one of another role: nobody is seen."""
    if role not in set(PEOPLE):
        return
    other = "nurse" if role == "ehr_doctor" else "doctor"
    for user_id in ("", "nobody", other):
        attempts.be(user_id)
        for relation in relations:
            if not relation.is_guarded or not rights.may(role, relation, "select"):
                continue
            if rights.patients.get((role, relation.full_name)) != "role":
                continue
            done = attempts.of(statement_of(SEEN, relation))
            let = done.state is not None or done.rows != []
            words = f"shown to {user_id or 'no user'}"
            cells.note(role, relation.full_name, words, is_wrong=let)


def leaks(cells: Cells) -> list[str]:
    """Return the texts of errors that hold a value of the stranger's."""
    return [
        text for text in cells.texts if MARK.lower() in text.lower()
        or str(STRANGER) in text
    ]  # fmt: skip
