"""Who looks in a browser: a persona per role, and which canaries may come there.

Whose columns a role reads is the permission table's word; what it does not name stands
in ``READ_ELSEWHERE``, each line with its reason.
"""

from dataclasses import dataclass

import psycopg

from pipelines.access.assignments import assign_patient
from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.access.people import Person, PersonRole, create_person, find_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.permissions import READ, permissions
from tests.canaries.campaign import Campaign
from tests.canaries.ledger import Canary
from tests.canaries.people import PASSWORD

# Paths by which a value becomes a fact, and the source that it is then of.
SOURCES = {"recorded": "operational", "saved": "operational", "landed": "canary"}
OWN, HERS, CLOSED = 0, 1, 2  # places of the patients that have canaries everywhere
READ_ELSEWHERE: dict[tuple[PersonRole, str], str] = {
    (PersonRole.PATIENT, "lab_results"): "The own results, from the marts.",
}
RESTRICT = """
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (%s, 'vip', 'office', 'known to many here')
"""


@dataclass(frozen=True)
class Onlooker:
    """A persona; ``patients`` are those whom the role's rules show, None for all."""

    person: Person
    patients: frozenset[tuple[str, str]] | None
    hidden: frozenset[tuple[str, str]]
    charts: tuple[int, ...]

    def may_get(self, canary: Canary) -> bool:
        """Return whether a canary may come into this persona's browser."""
        source = SOURCES.get(canary.path)
        feed = canary.column.partition(".")[0]
        if source is None or not _reads(self.person.role, feed):
            return False
        whose = (source, canary.patient)
        is_seen = self.patients is None or whose in self.patients
        return not canary.patient or (is_seen and whose not in self.hidden)


def _reads(role: PersonRole, feed: str) -> bool:
    """Return whether a role reads a feed; who treated, and where, stands beside all."""
    read = {
        each.feed
        for each in permissions().values()
        if each.verb == READ and each.allows(role)
    }
    is_of_patients = feed not in FEEDS or FEEDS[feed].has_patient
    return (feed in read if is_of_patients else bool(read)) or (
        role,
        feed,
    ) in READ_ELSEWHERE


def onlookers_of(campaign: Campaign) -> dict[PersonRole, Onlooker]:
    """Make one persona per role, who wrote nothing; one patient is closed to others."""
    numbers = campaign.patients
    own, hers, closed = (("operational", numbers[each]) for each in (OWN, HERS, CLOSED))
    keys = [*campaign.patient_keys, *_delivered_keys(campaign)]
    seen: dict[PersonRole, frozenset[tuple[str, str]] | None] = {
        PersonRole.NURSE: frozenset({hers}),
        PersonRole.PATIENT: frozenset({own}),
    }
    hidden = {PersonRole.DOCTOR: frozenset({closed})}
    with connect(campaign.settings, Role.OWNER) as owner:
        people = {role: _ensured(owner, role, campaign) for role in PersonRole}
        assign_patient(owner, people[PersonRole.NURSE].user_id, keys[HERS], "covers")
        owner.execute(RESTRICT, (keys[CLOSED],))
    return {
        role: Onlooker(person, seen.get(role), hidden.get(role, frozenset()), (*keys,))
        for role, person in people.items()
    }


def _delivered_keys(campaign: Campaign) -> list[int]:
    """Return the keys of the same patients as the other source delivers them."""
    keyring = load_keyring(campaign.settings.keys_folder)
    return [
        patient_key_of(keyring.patient_digest("canary", number))
        for number in campaign.patients
    ]


def _ensured(owner: psycopg.Connection, role: PersonRole, campaign: Campaign) -> Person:
    user_id = f"onlooker.{role.value}"
    key = campaign.patient_keys[OWN] if role is PersonRole.PATIENT else None
    person = Person(user_id, f"{role.title} Onlooker", role, patient_key=key)
    if find_person(owner, user_id) is None:
        create_person(owner, person, PASSWORD)
    return person


def leaks_to(onlooker: Onlooker, found: set[Canary]) -> set[tuple[str, ...]]:
    """Return what came into a browser and may not: kind, column, path and whose."""
    return {
        (onlooker.person.role.value, each.kind.value, each.column, each.path)
        for each in found
        if not onlooker.may_get(each)
    }
