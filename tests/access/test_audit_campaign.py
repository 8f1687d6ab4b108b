"""A thousand page reads by every role: a thousand events, none after the fact."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
import pytest
import streamlit as st

from dashboards import data, session
from dashboards.compliance.statements import EVENTS, GRANTS, REVIEWS
from dashboards.own_record import statements
from dashboards.own_record.reading import read_own_record
from dashboards.quality import reading as quality
from dashboards.viewer.reading import known_results
from dashboards.worklist.reading import read_worklist
from pipelines.access import audit
from pipelines.access.audit import Event
from pipelines.access.people import Person, PersonRole, find_person
from pipelines.access.reading import Query, Reader, Reading
from pipelines.access.refused_rows import Choice, read_refused_rows
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.uploading import examine
from pipelines.settings import Settings
from tests.access.audit_away import trail_away

READS = 1000
COUNT = "select count(*) from audit.event"
SOME_PATIENTS = "select patient_key from marts.dim_patients order by 1 limit 40"
NURSES_PATIENTS = """
    select patient_key from access.care_team
    where practitioner_id = 'N0001' and ended_at is null
"""
BY_ROLE = """
    select role, count(*) from audit.event where event_id > %s group by role
"""
SPOOLED = "select count(*) from audit.event where event_id > %s and is_spooled"
CARE_READS = 100
CARERS = (PersonRole.DOCTOR, PersonRole.NURSE, PersonRole.PATIENT)
MOMENT = datetime(2100, 1, 1, tzinfo=UTC)
EVERY_EVENT = {
    "since": datetime(2026, 1, 1, tzinfo=UTC),
    "until": datetime(2100, 1, 1, tzinfo=UTC),
    "user_id": None,
    "action": None,
    "result": None,
    "asked_key": None,
    "most": 50,
    "offset": 0,
}
OFFICERS_PAGES = (
    ("audit search", EVENTS, EVERY_EVENT),
    ("audit reviews", REVIEWS, {}),
    ("access grants", GRANTS, {}),
)
OWN_PARTS = (
    statements.RESULTS,
    statements.MEDICINES,
    statements.PLANS,
    statements.VISITS,
    statements.LOOKS,
)
ONE_RESULT = """
record_id,source_patient_id,test_code,code_system,test_name,value_text,collected_at
UP-1,P000001,2823-3,LOINC,Potassium,4.1,2026-01-05T08:00:00Z
""".lstrip()


class Campaign(NamedTuple):
    """The events there were before, and how many at each moment rows were handed out.

    Only the first event of a read counts: a read of which a part is refused makes two.
    """

    before: int
    at_handover: list[int]

    @property
    def shown_before_their_event(self) -> list[int]:
        """Return which reads, by number, handed out rows before they were audited."""
        counts = [self.before, *self.at_handover]
        return [
            number
            for number, (earlier, now) in enumerate(itertools.pairwise(counts), start=1)
            if now <= earlier
        ]


def fetched(settings: Settings, statement: str) -> list[tuple]:
    """Return the rows of a statement, as the builder, who sees every mart."""
    with connect(settings, Role.BUILDER) as connection:
        return connection.execute(statement).fetchall()


def events(settings: Settings) -> int:
    """Return how many events the trail has."""
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(COUNT).fetchone()[0]


def watched(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Campaign]:
    """Count the events whenever a read hands out its rows."""
    with connect(settings, Role.OWNER) as connection:
        connection.autocommit = True
        campaign = Campaign(connection.execute(COUNT).fetchone()[0], [])

        def watched_read(read: Callable[..., Reading]) -> Callable[..., Reading]:
            def handed_out(*values: object, **named: object) -> Reading:
                found = read(*values, **named)
                campaign.at_handover.append(connection.execute(COUNT).fetchone()[0])
                return found

            return handed_out

        for name in ("read", "search_patients"):
            monkeypatch.setattr(Reader, name, watched_read(getattr(Reader, name)))
        yield campaign


@pytest.fixture
def campaign(
    simulated_hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Campaign]:
    """Watch the reads of the simulated hospital, whose pages run without a browser."""
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(session, "settings", lambda: simulated_hospital)
    yield from watched(simulated_hospital, monkeypatch)


def signed_in(settings: Settings, role: PersonRole) -> Person:
    """Make a role's demo person the one whose pages run; forget all before."""
    with connect(settings, Role.OWNER) as connection:
        person = find_person(connection, role.value)
    st.session_state.clear()
    seen_with = session._mark(session.token_of_browser())  # noqa: SLF001
    st.session_state |= {session.SEEN_WITH: seen_with, session.PERSON: person}
    return person


def a_chart_that_is_refused(patient_key: int) -> None:
    """Try to read a chart through a login that has no right to."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        data.chart(patient_key)


def page_reads(settings: Settings) -> dict[PersonRole, list[Callable[[], object]]]:
    """Return what each role's pages read, once per page, for some of the patients."""
    some = [key for (key,) in fetched(settings, SOME_PATIENTS)]
    own = [key for (key,) in fetched(settings, NURSES_PATIENTS)]
    reads: dict[PersonRole, list[Callable[[], object]]] = {
        role: [lambda key=key: a_chart_that_is_refused(key) for key in some[:5]]
        for role in PersonRole
    }
    reads[PersonRole.DOCTOR] = [
        lambda: read_worklist(only_own=False),
        lambda: read_worklist(only_own=True),
        *(lambda word=word: data.search_patients(word) for word in ("joh smi", "ash")),
        *(lambda key=key: data.chart(key) for key in some),
        *(lambda key=key: known_results(key, MOMENT) for key in some),
    ]
    reads[PersonRole.NURSE] = [
        lambda: read_worklist(only_own=False),
        data.my_patients,
        *(lambda key=key: data.chart(key) for key in {*own, *some}),
        *(lambda key=key: known_results(key, MOMENT) for key in {*own, *some}),
    ]
    reads[PersonRole.PATIENT] = [
        lambda part=part: read_own_record("own record", part) for part in OWN_PARTS
    ]
    reads[PersonRole.QUALITY] = [
        lambda: quality.read_loads(None),
        lambda: quality.read_load(1),
        lambda: quality.read_checks("hospital"),
        quality.read_refused_counts,
        lambda: read_refused_rows(settings, session.person(), Choice()),
    ]
    reads[PersonRole.COMPLIANCE] = [
        *(lambda page=page: officer_reads(*page) for page in OFFICERS_PAGES),
        lambda: officer_reads(
            "audit search", EVENTS, {**EVERY_EVENT, "asked_key": some[0]}
        ),
    ]
    reads[PersonRole.LAB_TECHNICIAN] += [lambda: examine_a_file(settings)]
    return reads


def officer_reads(page: str, statement: str, values: dict[str, object]) -> None:
    """Let the officer read one of the pages."""
    session.reader().read(page, {"rows": Query(statement, values)})


def examine_a_file(settings: Settings) -> None:
    """Let a technician look at the verdicts of a file of one result."""
    person = session.person()
    examine(settings, person, "results.csv", ONE_RESULT.encode(), "hospital")


def test_a_thousand_page_reads_make_a_thousand_events_none_after_the_fact(
    simulated_hospital: Settings, campaign: Campaign
) -> None:
    reads = page_reads(simulated_hospital)
    chance = random.Random(1000)  # noqa: S311 - whose turn it is, not secrets
    done: Counter[str] = Counter()

    for _ in range(READS):
        role = chance.choice(list(reads))
        signed_in(simulated_hospital, role)
        chance.choice(reads[role])()
        done[role.value] += 1

    assert done.total() == READS
    assert events(simulated_hospital) == campaign.before + READS
    with connect(simulated_hospital, Role.OWNER) as connection:
        rows = connection.execute(BY_ROLE, (campaign.before,)).fetchall()
        assert dict(rows) == dict(done)
        assert audit.verify(simulated_hospital, connection) == []
    assert campaign.at_handover
    assert campaign.shown_before_their_event == []


def test_what_is_read_while_the_trail_comes_and_goes_is_in_it_once(
    simulated_hospital: Settings, campaign: Campaign
) -> None:
    reads = page_reads(simulated_hospital)
    chance = random.Random(100)  # noqa: S311 - whose turn it is, not secrets
    done: Counter[str] = Counter()

    for number in range(CARE_READS):
        away = trail_away(simulated_hospital) if number % 20 >= 10 else nullcontext()
        with away:
            role = chance.choice(CARERS)
            signed_in(simulated_hospital, role)
            chance.choice(reads[role])()
            done[role.value] += 1

    with connect(simulated_hospital, Role.OWNER) as connection:
        rows = connection.execute(BY_ROLE, (campaign.before,)).fetchall()
        assert dict(rows) == dict(done)
        spooled = connection.execute(SPOOLED, (campaign.before,)).fetchone()
        assert spooled == (CARE_READS // 2,)
        assert audit.verify(simulated_hospital, connection) == []


def test_a_chart_shown_again_within_the_minute_is_the_same_read(
    simulated_hospital: Settings, campaign: Campaign
) -> None:
    signed_in(simulated_hospital, PersonRole.DOCTOR)
    ((patient_key,),) = fetched(simulated_hospital, f"{SOME_PATIENTS} offset 3")[:1]

    first, again = data.chart(patient_key), data.chart(patient_key)
    assert events(simulated_hospital) == campaign.before + 1
    assert again.frames is first.frames

    signed_in(simulated_hospital, PersonRole.DOCTOR)
    data.chart(patient_key)
    assert events(simulated_hospital) == campaign.before + 2


def test_an_event_written_after_the_rows_were_handed_out_is_noticed(
    simulated_hospital: Settings,
    campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Plant the fault that this campaign looks for."""
    late: list[Event] = []
    monkeypatch.setattr(audit, "append", lambda _settings, event: late.append(event))
    signed_in(simulated_hospital, PersonRole.DOCTOR)
    data.search_patients("joh smi")
    monkeypatch.undo()
    audit.append(simulated_hospital, *late)

    assert events(simulated_hospital) == campaign.before + 1
    assert campaign.shown_before_their_event == [1]
