"""Every role, action and patient, tried through the functions of the pages.

The patients: one assigned to doctor and nurse and the patient's own, one of nobody, one
who lies on the nurse's ward, one restricted. The table of permissions says how each
try must end; a refusal says so in words, changes nothing, and is in the trail.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from pipelines.access.people import PersonRole
from pipelines.record.permissions import (
    CORRECT,
    CORRECT_OWN,
    CREATE,
    Permission,
    permissions,
)
from tests.permissions.action_book import BOOK, NothingShownError
from tests.permissions.action_book.outside import RefusedByGateError
from tests.permissions.hospital import Hospital, Version, emptied
from tests.permissions.trying import (
    ABOUT_NO_PATIENT,
    BREAK_THE_GLASS,
    TAKE_OVER,
    End,
    Try,
    is_said,
    trail_of,
    tried,
)

WRITING = (CREATE, CORRECT, CORRECT_OWN)
# What opens a patient to somebody is tried after everything else.
OPENING = (BREAK_THE_GLASS, TAKE_OVER)
ACTIONS = sorted(permissions(), key=lambda action: action in OPENING)
# Refused by a command of the operator, by the gate of another program, and by a page
# that has asked for the patient itself: no try to be written down.
NOT_TOLD = frozenset({"define cohort", "export research", "run pipeline"})
TOLD_BY_ITS_PAGE = "see acknowledgements"
ABOUT_ONESELF = "ask for correction"  # who is no patient has no record to name
A_NUMBER = re.compile(r"\d{6,}")
Prepared = Mapping[str, Any]


def test_every_action_of_the_table_has_its_deed_and_no_other() -> None:
    assert BOOK.keys() == permissions().keys()


# Of the last two only what differs: who lies on a ward is a stranger to all others, and
# a restriction binds doctors.
TRIED_BY = {
    "entrusted": tuple(PersonRole),
    "stranger": tuple(PersonRole),
    "restricted": (PersonRole.DOCTOR, PersonRole.PATIENT),
    "lying": (PersonRole.NURSE,),
}


@pytest.fixture(params=TRIED_BY)
def relation(request: pytest.FixtureRequest, hospital: Hospital) -> str:
    """Return a relation; of its patient the record knows nothing yet."""
    emptied(hospital.settings)
    return request.param


def test_every_role_does_exactly_what_the_table_says(
    hospital: Hospital, relation: str
) -> None:
    patient = hospital.patients[relation]
    shared = prepared_by_those_who_may(hospital, patient)
    differing: list[str] = []
    counted: Counter[End] = Counter()

    for role in TRIED_BY[relation]:
        ends, wrong = tries_of(hospital, role, patient, shared)
        counted += ends
        differing += [f"{role}: {each}" for each in wrong]

    assert not differing, "\n".join(differing)
    assert counted.total() == len(TRIED_BY[relation]) * len(permissions())
    print(relation, dict(counted))  # noqa: T201 - how many cells of each kind


def tries_of(
    hospital: Hospital, role: PersonRole, patient: int, shared: Prepared
) -> tuple[Counter[End], list[str]]:
    """Let a role try everything about a patient; return how it ended, what differs."""
    own = prepared_by(hospital, role, patient)
    person = hospital.person(role, patient)
    counted: Counter[End] = Counter()
    differing: list[str] = []
    known = hospital.versions()
    with trail_of(hospital) as trail:
        for action in ACTIONS:
            permission = permissions()[action]
            said = is_said(permission, role, patient, hospital)
            prepared = own.get(action, shared[action])
            end = tried(hospital, trail, action, person, patient, prepared)
            counted[end.end] += 1
            wrong = wrong_with(end, permission, patient, said=said)
            if said and permission.verb in WRITING:
                now = hospital.versions()
                new = [now[each] for each in now.keys() - known.keys()]
                wrong += wrong_with_versions(new, permission, person.user_id)
                known = now
            differing += [f"{action}: {each}" for each in wrong]
    if hospital.versions().keys() - known.keys():
        differing.append("something that was refused was written")
    return counted, differing


def prepared_by_those_who_may(hospital: Hospital, patient: int) -> Prepared:
    """Return what each action is about, prepared by the first role that may do it."""
    with hospital.entrusted_to_all(patient):
        return {
            action: BOOK[action].prepare(
                hospital,
                hospital.person(next(iter(permission.relations)), patient),
                patient,
            )
            for action, permission in permissions().items()
        }


def prepared_by(hospital: Hospital, role: PersonRole, patient: int) -> Prepared:
    """Return what the actions are about that a role may do, prepared by its person."""
    with hospital.entrusted_to_all(patient):
        person = hospital.person(role, patient)
        return {
            action: BOOK[action].prepare(hospital, person, patient)
            for action, permission in permissions().items()
            if permission.allows(role)
        }


def wrong_with(
    end: Try, permission: Permission, patient: int, *, said: bool
) -> list[str]:
    """Return what is not as the table says, and what a refusal does wrong."""
    if (end.end is End.DONE) != said:
        return [f"{end.end}, the table says otherwise ({end.words})"]
    if end.end is End.DONE:
        return []
    return [*wrong_words(end, patient), *wrong_events(end, permission, patient)]


def wrong_words(end: Try, patient: int) -> list[str]:
    """Return what is wrong with the words of a refusal."""
    if not end.words and end.kind not in (NothingShownError, RefusedByGateError):
        return ["refused without words"]
    if str(patient) in end.words or A_NUMBER.search(end.words):
        return ["the words of the refusal hold a value"]
    return []


def wrong_events(end: Try, permission: Permission, patient: int) -> list[str]:
    """Return what the trail lacks of a refusal, or says that is not so."""
    told = [each for each in end.events if each.result in ("denied", "error")]
    is_shown_nothing = end.kind is NothingShownError
    if permission.action in NOT_TOLD or (
        permission.action == TOLD_BY_ITS_PAGE and is_shown_nothing
    ):
        return []
    if not told:
        return [f"the refusal is not in the trail ({end.words})"]
    if any(each.result == "ok" for each in end.events if not is_read(each.action)):
        return ["the trail says that it was done"]
    is_about_patient = permission.feed and permission.action not in (
        *ABOUT_NO_PATIENT,
        ABOUT_ONESELF,
        TOLD_BY_ITS_PAGE,
    )
    if is_about_patient and all(patient not in each.patient_keys for each in told):
        return ["the trail does not say whom it was about"]
    return []


def is_read(action: str) -> bool:
    """Return whether an event is of a look that is part of what was tried."""
    return action in ("read", "search", "confirm identity", "sign in")


def wrong_with_versions(
    new: list[Version], permission: Permission, user_id: str
) -> list[str]:
    """Return what is wrong with the versions that an action wrote."""
    if permission.action == "acknowledge":  # these have a table of their own kind
        return [] if not new else ["it wrote entries"]
    wrong = [] if new else ["nothing was written"]
    if permission.feed not in {each.feed for each in new}:
        wrong.append(f"nothing was written of {permission.feed}")
    if {each.user_id for each in new} - {user_id}:
        wrong.append("somebody else's name stands there")
    return wrong
