"""A thousand actions by eleven people in four threads: each has its events, once.

The rule. A read leaves one event, and one that is refused leaves one. A write leaves
its intent, committed before it, and its outcome, which names the intent; where the
role may not do it at all, one event says so. What is looked up on the way leaves an
event of its own for each look. Nothing else is in the trail, and nothing twice.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipelines.access import audit
from pipelines.access.people import PersonRole
from pipelines.record.actions import announcing, saving
from pipelines.record.permissions import permissions
from tests.permissions.action_book import BOOK
from tests.permissions.event_rule import (
    NO_ACT,
    Turn,
    is_look,
    wrong_with,
    wrong_with_versions,
)
from tests.permissions.hospital import Hospital, emptied
from tests.permissions.trying import LAST, Try, is_said, trail_of, tried

ACTIONS, THREADS, SEED = 1000, 4, 20
# By a command of the operator, or at Dagster's gate: no person's event belongs to it.
NOT_BY_A_PERSON = frozenset({"define cohort", "export research", "run pipeline"})
PATIENTS = ("entrusted", "stranger", "restricted")
CLOSE = """
    with ended as (delete from access.break_glass)
    delete from access.take_over
"""
COUNT = "select count(*) from audit.event where event_id > %s"


def turns_of(hospital: Hospital) -> list[Turn]:
    """Return the drawn turns: every second one is what the person may do."""
    chance = random.Random(SEED)  # noqa: S311 - whose turn it is, not secrets
    cells = [
        (role, action, hospital.patients[name])
        for action in permissions()
        for role in PersonRole
        for name in PATIENTS
        if action not in NOT_BY_A_PERSON
    ]
    allowed = [
        (role, action, patient)
        for role, action, patient in cells
        if is_said(permissions()[action], role, patient, hospital)
    ]
    return [
        Turn(number, *chance.choice(cells if number % 2 else allowed))
        for number in range(ACTIONS)
    ]


def prepared_for(hospital: Hospital, turns: Sequence[Turn]) -> dict[int, Any]:
    """Return what each turn is about; once for all who only look or are refused."""
    prepared: dict[int, Any] = {}
    shared: dict[tuple[str, int, PersonRole], Any] = {}
    for patient in {turn.patient for turn in turns}:
        with hospital.entrusted_to_all(patient):
            for turn in turns:
                if turn.patient != patient:
                    continue
                author = author_for(turn)
                place = (turn.action, patient, author)
                is_used_up = author is turn.role and not is_look(turn.action)
                if is_used_up or place not in shared:
                    person = hospital.person(author, patient)
                    shared[place] = BOOK[turn.action].prepare(hospital, person, patient)
                prepared[turn.number] = shared[place]
    return prepared


def author_for(turn: Turn) -> PersonRole:
    """Return who prepares what a turn is about: oneself, or the first who may."""
    permission = permissions()[turn.action]
    if permission.allows(turn.role):
        return turn.role
    return next(iter(permission.relations))


def done_in_threads(
    hospital: Hospital, turns: Sequence[Turn], prepared: Mapping[int, Any]
) -> dict[Turn, Try]:
    """Let the people act, some at once; a person does one thing after another."""

    def turns_of_some(which: int) -> dict[Turn, Try]:
        with trail_of(hospital) as trail:
            return {
                turn: tried(
                    hospital,
                    trail,
                    turn.action,
                    hospital.person(turn.role, turn.patient),
                    turn.patient,
                    prepared[turn.number],
                )
                for turn in turns
                if list(PersonRole).index(turn.role) % THREADS == which
            }

    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(turns_of_some, range(THREADS)))
    return {turn: end for part in parts for turn, end in part.items()}


@pytest.fixture
def empty(hospital: Hospital) -> Iterator[Hospital]:
    """Yield the hospital with an empty record, and no trace of what was opened."""
    emptied(hospital.settings)
    with hospital.owner() as owner:
        owner.execute(CLOSE)
    yield hospital
    with hospital.owner() as owner:
        owner.execute(CLOSE)


def found_wrong(hospital: Hospital, turns: Sequence[Turn]) -> list[str]:
    """Let people act; return what is wrong with the trail and the record afterwards."""
    prepared = prepared_for(hospital, turns)
    known = hospital.versions()
    with hospital.owner() as owner:
        before = owner.execute(LAST).fetchone()[0]
    ends = done_in_threads(hospital, turns, prepared)
    after = hospital.versions()
    wrong = [
        f"{turn}: {each}"
        for turn, end in ends.items()
        for each in wrong_with(
            turn,
            end,
            said=is_said(permissions()[turn.action], turn.role, turn.patient, hospital),
        )
    ]
    new = {key: version for key, version in after.items() if key not in known}
    wrong += wrong_with_versions(ends, new)
    with hospital.owner() as owner:
        total = owner.execute(COUNT, (before,)).fetchone()[0]
        told = sum(len(end.events) for end in ends.values())
        wrong += [] if total == told else [f"{total} events in the trail, {told} told"]
        wrong += [str(each) for each in audit.verify(hospital.settings, owner)]
        late = audit.find_unfinished(owner, seconds=0)
        wrong += [str(each) for each in late if each.event_id > before]
    counted = Counter(end.end.value for end in ends.values())
    print(f"{len(ends)} actions: {dict(counted)}, {total} events, {len(new)} versions")  # noqa: T201
    return wrong


def test_a_thousand_actions_have_each_their_events_and_versions(
    empty: Hospital,
) -> None:
    turns = turns_of(empty)
    assert len(turns) == ACTIONS
    assert len({turn.role for turn in turns}) >= 8

    wrong = found_wrong(empty, turns)
    assert not wrong, "\n".join(wrong)


def notes(hospital: Hospital) -> list[Turn]:
    """Return five notes of the doctor."""
    return [
        Turn(number, PersonRole.DOCTOR, "write note", hospital.entrusted)
        for number in range(5)
    ]


def test_an_action_that_leaves_its_events_out_is_noticed(
    empty: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        def tell(self, result: str, row_count: int = 0) -> None:
            """Say nothing."""

    monkeypatch.setattr(saving, "announce", lambda *_, **__: Silent())
    wrong = found_wrong(empty, notes(empty))

    assert sum(NO_ACT in each for each in wrong) == 5


def test_an_intent_that_is_written_after_the_fact_is_noticed(
    empty: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late:
        def __init__(self, *announced: Any) -> None:
            self._announced = announced

        def tell(self, result: str, row_count: int = 0) -> None:
            announcing.announce(*self._announced).tell(result, row_count)

    monkeypatch.setattr(saving, "announce", Late)
    wrong = found_wrong(empty, notes(empty))

    assert len(wrong) == 5
    assert all("written before its intent" in each for each in wrong)
