"""What officers decide about incidents: it stays, it ends by itself, one at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from pipelines.access.acting import RuleError, asking
from pipelines.access.incidents import Incident, assign, comment, end_waiver, waive
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.incidents.conftest import (
    COLLEAGUE,
    DOCTOR,
    ENGINEER,
    NURSE,
    OFFICER,
)
from tests.incidents.finding import CHECK, SOURCE, found, measures

REASON = "The sender mends it in March"
COLUMNS = (
    "state_code, owner_user_id, waived_until, last_comment, last_comment_by, "
    "last_decision_id, patients_count, sentence, severity, waiting_count, opened_at"
)


def shown(settings: Settings, person: Person = OFFICER) -> Any:
    """Return the only incident as an officer sees it."""
    with asking(settings, person) as connection:
        connection.row_factory = psycopg.rows.namedtuple_row
        (incident,) = connection.execute(
            f"select {COLUMNS} from quality.incidents()"  # noqa: S608 - a constant
        ).fetchall()
    connection.row_factory = psycopg.rows.tuple_row
    return incident


def now(settings: Settings) -> Incident:
    """Return the incident as it stands."""
    return Incident(SOURCE, CHECK, shown(settings).last_decision_id)


def days_ahead(days: int) -> Any:
    return (datetime.now(UTC) + timedelta(days=days)).date()


def let_waiver_end(settings: Settings, days_ago: int) -> None:
    """Let a waiver end some days ago; 0 is today."""
    with connect(settings, Role.OWNER) as owner:
        owner.execute(
            "update quality.incident_decision set waived_until = current_date - %s "
            "where action_code = 'waive'",
            (days_ago,),
        )


@pytest.fixture
def failed(installation: Settings) -> Settings:
    """Return an installation where one check of 1,000 rows failed for 100."""
    found(installation, 1, 100, 1000, patients=40)
    return installation


def test_an_incident_says_what_is_wrong_and_how_many_patients_it_hits(
    failed: Settings,
) -> None:
    incident = shown(failed)

    assert incident.state_code == "new"
    assert incident.patients_count == 40
    assert "lies within the range delivered with it" in incident.sentence
    assert incident.severity == "critical"
    assert incident.owner_user_id is incident.waived_until is None


def test_it_is_given_to_an_officer_and_on_to_an_engineer(failed: Settings) -> None:
    assign(failed, OFFICER, now(failed), OFFICER.user_id)
    assert shown(failed).owner_user_id == OFFICER.user_id

    assign(failed, COLLEAGUE, now(failed), ENGINEER.user_id)
    assert shown(failed).owner_user_id == ENGINEER.user_id


def test_nobody_else_owns_one(failed: Settings) -> None:
    with pytest.raises(RuleError, match="only quality staff and data engineers own"):
        assign(failed, OFFICER, now(failed), DOCTOR.user_id)


def test_the_last_comment_is_shown_and_needs_no_look_at_what_was_decided(
    failed: Settings,
) -> None:
    stale = now(failed)
    assign(failed, OFFICER, stale, OFFICER.user_id)
    comment(failed, COLLEAGUE, stale, "The laboratory  knows")
    comment(failed, OFFICER, stale, "It comes from analyser 4")

    incident = shown(failed)
    assert incident.last_comment == "It comes from analyser 4"
    assert incident.last_comment_by == OFFICER.display_name
    assert incident.owner_user_id == OFFICER.user_id

    assign(failed, COLLEAGUE, now(failed), COLLEAGUE.user_id)
    assert shown(failed).owner_user_id == COLLEAGUE.user_id


@pytest.mark.parametrize(
    ("days_ago", "state"),
    [(-1, "waived"), (0, "waived"), (1, "new")],
    ids=["tomorrow is its last day", "today is", "yesterday was"],
)
def test_a_waiver_ends_by_itself(failed: Settings, days_ago: int, state: str) -> None:
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)
    let_waiver_end(failed, days_ago)

    incident = shown(failed)
    assert incident.state_code == state
    assert (incident.waived_until is None) == (state == "new")


def test_what_is_waived_and_stays_as_it_is_stays_waived(failed: Settings) -> None:
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)
    found(failed, 2, 105, 1000)

    assert shown(failed).state_code == "waived"


def test_what_gets_worse_than_when_it_was_waived_comes_back(failed: Settings) -> None:
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)
    found(failed, 2, 200, 1000)
    assert shown(failed).state_code == "worse"

    found(failed, 3, 205, 1000)
    assert shown(failed).state_code == "persisting"


def test_what_was_waived_and_passes_is_resolved(failed: Settings) -> None:
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)
    found(failed, 2, 0, 1000)

    assert shown(failed).state_code == "resolved"


def test_a_waiver_is_ended_by_an_officer(failed: Settings) -> None:
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)
    end_waiver(failed, COLLEAGUE, now(failed), "The sender will not mend it")

    assert shown(failed).state_code == "new"
    with pytest.raises(RuleError, match="this incident is not waived"):
        end_waiver(failed, COLLEAGUE, now(failed), "The sender will not mend it")


@pytest.mark.parametrize("days", [0, 367])
def test_a_waiver_ends_on_a_day_to_come_within_a_year(
    failed: Settings, days: int
) -> None:
    with pytest.raises(RuleError, match="on a day to come, within a year"):
        waive(failed, OFFICER, now(failed), days_ahead(days), REASON)


def test_a_waiver_needs_its_reason(failed: Settings) -> None:
    with pytest.raises(RuleError, match="at least 10 letters"):
        waive(failed, OFFICER, now(failed), days_ahead(7), "  because ")


def test_what_is_not_there_is_not_decided(failed: Settings) -> None:
    with pytest.raises(RuleError, match="no such incident"):
        assign(failed, OFFICER, Incident(SOURCE, "other", None), OFFICER.user_id)


def test_of_two_officers_at_once_the_second_is_told(failed: Settings) -> None:
    seen = now(failed)

    def take(person: Person) -> str:
        try:
            assign(failed, person, seen, person.user_id)
        except RuleError as error:
            return str(error)
        return person.user_id

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(take, (OFFICER, COLLEAGUE)))

    owner = shown(failed).owner_user_id
    assert sorted(ends, key=len)[0] == owner
    assert "somebody decided about this meanwhile" in sorted(ends, key=len)[1]


def test_what_was_decided_outlives_a_life_that_is_derived_anew(
    failed: Settings,
) -> None:
    assign(failed, OFFICER, now(failed), OFFICER.user_id)
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)
    comment(failed, OFFICER, now(failed), "It comes from analyser 4")
    lives, incident = measures(failed), shown(failed)

    with connect(failed, Role.OWNER) as owner:
        owner.execute("select quality.rebuild_incidents()")

    assert measures(failed) == lives
    assert shown(failed) == incident


@pytest.mark.parametrize("person", [DOCTOR, NURSE, ENGINEER])
def test_only_quality_staff_decide(failed: Settings, person: Person) -> None:
    with pytest.raises(RuleError, match="may not decide incident"):
        assign(failed, person, now(failed), OFFICER.user_id)
    with (
        asking(failed, person) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select * from quality.incidents()")


def test_every_decision_is_in_the_trail_before_and_after(failed: Settings) -> None:
    with connect(failed, Role.OWNER) as owner:
        (before,) = owner.execute("select max(event_id) from audit.event").fetchone()
    waive(failed, OFFICER, now(failed), days_ahead(7), REASON)

    with connect(failed, Role.OWNER) as owner:
        events = owner.execute(
            "select user_id, action, subject, purpose, result from audit.event "
            "where event_id > %s order by event_id",
            (before or 0,),
        ).fetchall()
    told = (OFFICER.user_id, "waive incident", f"incident {SOURCE} {CHECK}", REASON)
    assert events == [(*told, "intended"), (*told, "ok")]
