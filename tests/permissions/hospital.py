"""A built hospital in which every role acts, and patients of every relation."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from pipelines.access.people import Person, PersonRole
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save
from pipelines.record.tables import recorded_feeds, table_of
from pipelines.settings import Settings

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
# Who gets a patient for as long as something is prepared about them.
ENTRUST = """
    insert into access.assignment (user_id, patient_key, reason)
    select user_id, %(patient)s, 'prepares'
    from access.person where user_id in ('doctor', 'nurse')
"""
TAKE_BACK = "delete from access.assignment where reason = 'prepares'"
DECISION = """
    select decision_code from access.consent
    where patient_key = %s and scope_code = %s and recipient_name is null
        and (valid_to is null or valid_to > now())
    order by valid_from desc limit 1
"""
ATTACH = "update access.person set patient_key = %s where user_id = 'patient'"


class Version(NamedTuple):
    """One version of the record: of what, about whom, by whom, and when."""

    feed: str
    patient: int | None
    user_id: str
    changed_at: datetime


@dataclass(frozen=True)
class Hospital:
    """Settings, one person per role, and one patient per relation.

    ``entrusted`` is assigned to the doctor and the nurse, and is the patient's own
    record; ``stranger`` is nobody's; ``lying`` lies on the nurse's ward and is not
    hers; ``restricted`` is a VIP whom nobody treats.
    """

    settings: Settings
    people: Mapping[PersonRole, Person]
    entrusted: int
    stranger: int
    lying: int
    restricted: int

    @property
    def patients(self) -> Mapping[str, int]:
        """Return the patients by their relation."""
        names = ("entrusted", "stranger", "lying", "restricted")
        return {name: getattr(self, name) for name in names}

    def person(self, role: PersonRole, patient: int) -> Person:
        """Return who tries something; a patient tries it as if the record were own."""
        person = self.people[role]
        if role is PersonRole.PATIENT:
            return replace(person, patient_key=patient)
        return person

    def write(
        self,
        role: PersonRole,
        action: str,
        patient: int,
        values: Mapping[str, object],
    ) -> Entry:
        """Let a role begin an entry; return it."""
        person = self.person(role, patient)
        (version,) = save(self.settings, person, [Change(action, patient, values)])
        return self.entry(
            person, Change(action, patient, values).feed, patient, version
        )

    def entry(self, person: Person, feed: str, patient: int, version: UUID) -> Entry:
        """Return the entry of a version, as somebody reads it."""
        found = entries(self.settings, person, feed, [patient])
        return next(each for each in found if each.version_id == version)

    @contextmanager
    def entrusted_to_all(self, patient: int) -> Iterator[None]:
        """Let doctor, nurse and patient have a patient, to prepare what is tried."""
        with connect(self.settings, Role.OWNER) as owner:
            owner.execute(ENTRUST, {"patient": patient})
            owner.execute(ATTACH, (patient,))
        try:
            yield
        finally:
            with connect(self.settings, Role.OWNER) as owner:
                owner.execute(TAKE_BACK)
                owner.execute(ATTACH, (self.entrusted,))

    def decision_in_force(self, patient: int, scope: str) -> str | None:
        """Return what the rules of access hold a patient to have decided."""
        with self.owner() as owner:
            found = owner.execute(DECISION, (patient, scope)).fetchone()
        return found[0] if found else None

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        """Yield a connection to the warehouse as its owner."""
        with connect(self.settings, Role.OWNER) as owner:
            yield owner

    def versions(self) -> dict[UUID, Version]:
        """Return every version of the record."""
        with connect(self.settings, Role.EXTRACTOR, RECORD) as record:
            return {row[0]: Version(*row[1:]) for row in record.execute(ALL_VERSIONS)}


def statement_of_all_versions() -> str:
    """Return a statement for every version of every table of the record."""
    parts = [
        f"select version_id, '{feed.name}', "  # noqa: S608 - names of contracts
        f"{'patient_key' if feed.has_patient else 'null::bigint'}, "
        "changed_by_user_id, changed_at "
        f"from {table_of(feed).as_string()}"
        for feed in recorded_feeds()
    ]
    return " union all ".join(parts)


ALL_VERSIONS = statement_of_all_versions()


def emptied(settings: Settings, feeds: Sequence[str] = tuple(FEEDS)) -> None:
    """Take away what tests wrote into the record."""
    with connect(settings, Role.OWNER, RECORD) as owner:
        for feed in recorded_feeds():
            if feed.name not in feeds:
                continue
            table = table_of(feed).as_string(owner)
            owner.execute(f"alter table {table} disable trigger only_grows")
            owner.execute(f"truncate {table}")
            owner.execute(f"alter table {table} enable trigger only_grows")
