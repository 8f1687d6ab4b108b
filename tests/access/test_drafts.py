"""Drafts: they come back as they were, to the person who wrote them and to nobody."""

from datetime import date, datetime, time
from decimal import Decimal

import psycopg
import pytest

from pipelines.access.drafts import forget_draft, keep_draft, kept_draft
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.conftest import PEOPLE

DOCTOR, NURSE, OTHER_NURSE = PEOPLE[:3]
FORM = "progress note of 7"
NOTE = {"note": "Chest pain since Monday"}


@pytest.fixture(autouse=True)
def nothing_kept(owner: psycopg.Connection) -> None:
    """Forget the drafts of the tests before."""
    owner.execute("delete from access.draft")
    owner.commit()


def kept_by_login(settings: Settings, role: Role, user_id: str) -> object:
    """Return what the function gives to a login that names a person."""
    with connect(settings, role) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        return connection.execute("select access.kept_draft(%s)", (FORM,)).fetchone()[0]


def test_a_draft_comes_back_in_the_types_it_had(hospital: Settings) -> None:
    values = {
        "note": "drie dagen hoest",
        "dose": Decimal("2.50"),
        "number": 1.5,
        "count": 3,
        "is_new": True,
        "nothing": None,
        "on": date(2026, 2, 28),
        "at": datetime(2026, 2, 28, 23, 59, 30),  # noqa: DTZ001 - as a form has it
        "from": time(8, 15),
        "days": [date(2026, 3, 1), "later"],
        "nested": {"on": date(2026, 3, 2)},
    }
    keep_draft(hospital, DOCTOR, FORM, values)

    assert kept_draft(hospital, DOCTOR, FORM) == values


def test_the_last_one_kept_counts_and_one_forgotten_is_gone(hospital: Settings) -> None:
    keep_draft(hospital, NURSE, FORM, {"note": "first"})
    keep_draft(hospital, NURSE, FORM, NOTE)
    last = kept_draft(hospital, NURSE, FORM)
    forget_draft(hospital, NURSE, FORM)

    assert last == NOTE
    assert kept_draft(hospital, NURSE, FORM) is None


def test_forgetting_one_form_leaves_the_others(hospital: Settings) -> None:
    keep_draft(hospital, NURSE, FORM, NOTE)
    keep_draft(hospital, OTHER_NURSE, FORM, NOTE)
    forget_draft(hospital, NURSE, "another form")
    forget_draft(hospital, OTHER_NURSE, FORM)

    assert kept_draft(hospital, NURSE, FORM) == NOTE


def test_nobody_else_gets_it_not_even_by_the_same_login(hospital: Settings) -> None:
    keep_draft(hospital, NURSE, FORM, NOTE)

    assert kept_draft(hospital, OTHER_NURSE, FORM) is None
    assert kept_draft(hospital, DOCTOR, FORM) is None
    assert kept_by_login(hospital, Role.NURSE, "nurse") is not None
    assert kept_by_login(hospital, Role.DOCTOR, "nurse") is None
    assert kept_by_login(hospital, Role.NURSE, "other.nurse") is None
    assert kept_by_login(hospital, Role.NURSE, "") is None


def test_a_login_that_is_not_the_persons_keeps_and_forgets_nothing(
    hospital: Settings,
) -> None:
    keep_draft(hospital, NURSE, FORM, NOTE)
    in_disguise = Person("nurse", "Nurse", "doctor")
    keep_draft(hospital, in_disguise, FORM, {"note": "not hers"})
    forget_draft(hospital, in_disguise, FORM)

    assert kept_draft(hospital, NURSE, FORM) == NOTE
    assert kept_draft(hospital, Person("nobody", "Nobody", "nurse"), FORM) is None


def test_the_table_itself_is_closed_to_every_login(hospital: Settings) -> None:
    for role in Role:
        if role is Role.OWNER:
            continue
        with pytest.raises(psycopg.Error), connect(hospital, role) as connection:
            connection.execute("select count(*) from access.draft")


def test_what_is_stored_holds_no_word_and_does_not_open_elsewhere(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    keep_draft(hospital, DOCTOR, FORM, NOTE)
    keep_draft(hospital, OTHER_NURSE, FORM, {"note": "mine"})
    stored = owner.execute("select string_agg(d::text, '') from access.draft d")
    text = stored.fetchone()[0]
    owner.execute(
        """
        update access.draft as draft set sealed = other.sealed
        from access.draft as other
        where draft.user_id = 'other.nurse' and other.user_id = 'doctor'
            and draft.form = %s and other.form = %s
        """,
        (FORM, FORM),
    )
    owner.commit()

    assert "Chest pain" not in text
    assert kept_draft(hospital, OTHER_NURSE, FORM) is None


def test_after_seven_days_it_is_not_shown_and_then_deleted(
    hospital: Settings, owner: psycopg.Connection
) -> None:
    for age, expected in (("6 days 23 hours", NOTE), ("7 days", None)):
        keep_draft(hospital, DOCTOR, FORM, NOTE)
        owner.execute(
            "update access.draft set saved_at = now() - %s::interval where form = %s",
            (age, FORM),
        )
        owner.commit()

        assert kept_draft(hospital, DOCTOR, FORM) == expected

    forget_draft(hospital, NURSE, "any form")
    left = owner.execute("select count(*) from access.draft where user_id = 'doctor'")
    assert left.fetchone()[0] == 0


def test_a_value_that_is_no_input_of_a_form_is_refused(hospital: Settings) -> None:
    with pytest.raises(TypeError, match="text, numbers, dates"):
        keep_draft(hospital, DOCTOR, FORM, {"person": DOCTOR})
