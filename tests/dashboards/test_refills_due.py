"""The doctor's queue has who ran out of a medicine and did not ask."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.own_record.medicine_card import (
    next_refill_words,
    refills_left_words,
)
from dashboards.own_wishes.refills import newest_wish, wish_words
from dashboards.writing.queue import asked_for
from dashboards.writing.refills_due import due_words
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.entry import Entry
from pipelines.settings import Settings
from tests.clock import ago
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_pages import texts

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
# Of the doctor's two patients; the third is somebody else's.
REFILLS = """
    insert into marts.fct_refills values
    (1, 'hospital:R2', 'metformin', 'overdue', true, 20, 0, '2026-06-01', '2026-05-01', null),
    (1, 'hospital:R2', 'sitagliptin', 'overdue', true, 22, 0, '2026-05-30', '2026-05-01', null),
    (1, 'hospital:R3', 'amoxicillin', 'covered', false, 0, 0, '2026-07-01', '2026-06-01', null),
    (2, 'hospital:S1', 'lisinopril', 'due', false, 1, 0, '2026-06-20', '2026-05-20', '2026-06-01 09:00Z'),
    (2, 'hospital:S2', 'warfarin', 'overdue', true, 90, 1, '2026-03-20', '2026-02-20', null),
    (2, 'hospital:S3', 'digoxin', 'stopped', false, 90, 0, '2026-03-20', '2026-02-20', null),
    (3, 'hospital:T1', 'insulin', 'overdue', true, 90, 0, '2026-03-20', '2026-02-20', null)
"""  # noqa: E501 - rows
MINE = """
    insert into access.assignment (user_id, patient_key, reason)
    select 'doctor', patient_key, 'treats'
    from unnest(array[1, 2]) as patient_key
"""
UNDO = """
    delete from marts.fct_refills;
    delete from access.assignment where user_id = 'doctor' and reason = 'treats'
"""


@pytest.fixture
def queue(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Yield the doctor's queue."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(REFILLS)
        owner.execute(MINE)
    app = enter_as(
        AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), "doctor"
    )
    yield app.switch_page("views/doctor/requests.py").run()
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(UNDO)


def test_own_patients_who_ran_out_and_did_not_ask_stand_there_latest_first(
    queue: AppTest,
) -> None:
    said = texts(queue)
    overdue = "▲ Overdue: supply until 30 May 2026, 22 days ago"
    due = "○ Due: supply until 20 Jun 2026, 1 day ago; asked 1 Jun 2026 and answered"

    assert "Due or overdue, and not asked for (2)" in said
    assert said.index(overdue) < said.index(due)
    assert "Metformin" in said
    assert "**Meyer, Ada**" in said
    assert not {"Warfarin", "Digoxin", "Insulin", "Amoxicillin"} & set(said.split())


def test_a_line_leads_to_the_chart(queue: AppTest) -> None:
    next(each for each in queue.button if each.label == "Chart").click().run()

    assert queue.session_state["patient_key"] == 1


@pytest.mark.parametrize(
    ("asked_on", "is_told"),
    [("2026-05-19", False), ("2026-05-20", True), (None, False)],
)
def test_what_was_asked_for_before_the_last_fill_is_no_news(
    asked_on: str | None, *, is_told: bool
) -> None:
    row = pd.Series(
        {
            "is_overdue": False,
            "days_late": 1,
            "last_covered_on": pd.Timestamp("2026-06-20").date(),
            "last_fill_on": pd.Timestamp("2026-05-20").date(),
            "last_requested_at": pd.Timestamp(asked_on) if asked_on else pd.NaT,
        }
    )

    assert ("asked" in due_words(row)) == is_told


@pytest.mark.parametrize(
    ("next_on", "left", "words"),
    [
        ("2026-06-21", 2, ["Next refill: 21 June 2026", "Refills: 2 left"]),
        ("2026-06-20", 0, [
            "Your supply should have run out by 20 June 2026", "Refills: none left",
        ]),
        (None, None, []),
    ],
)  # fmt: skip
def test_a_patient_reads_the_next_refill_and_how_many_are_left(
    next_on: str | None, left: int | None, words: list[str]
) -> None:
    today = pd.Timestamp("2026-06-20").date()
    day = pd.Timestamp(next_on).date() if next_on else None
    row = pd.Series({"next_refill_on": day, "refills_left": left}, dtype=object)

    assert next_refill_words(row, today) + refills_left_words(row) == words


def wish(**values: object) -> Entry:
    """Return a wish for a refill of prescription P1."""
    told = {
        "request_type_code": "refill",
        "prescription_id": "P1",
        "status_code": "requested",
        "requested_at": ago(days=40),
        "answered_at": None,
        "answer_text": None,
    }
    return Entry(
        *("medication_requests", "W1", uuid4(), 1, told | values),
        is_entered_in_error=False,
        changed_by_user_id="patient",
        changed_by_name="Patient",
        changed_by_role_code="patient",
        change_reason_text="",
        changed_at=ago(days=40),
        is_pending=False,
    )


P1 = Entry(
    *("prescriptions", "P1", uuid4(), 1, {}),
    is_entered_in_error=False,
    changed_by_user_id="doctor",
    changed_by_name="Dr. One",
    changed_by_role_code="doctor",
    change_reason_text="",
    changed_at=None,
    is_pending=False,
)


def test_a_wish_stands_beside_its_medicine_while_it_waits_and_a_month_after() -> None:
    late = {"status_code": "approved", "answered_at": ago(days=29)}
    old = {"status_code": "denied", "answered_at": ago(days=31)}

    assert newest_wish([wish()], P1) is not None
    assert newest_wish([wish(**late)], P1) is not None
    assert newest_wish([wish(**old)], P1) is None
    assert newest_wish([wish(prescription_id="P2")], P1) is None
    assert newest_wish([wish(request_type_code="stop")], P1) is None
    waiting = wish(requested_at=ago(days=1))
    assert newest_wish([wish(**late), waiting], P1) is waiting
    assert asked_for(
        [wish(), wish(request_type_code="stop", prescription_id="P2")]
    ) == {"operational:P1"}


def test_the_answer_is_read_beside_the_medicine() -> None:
    words = wish_words(wish(status_code="denied", answer_text="See me *first*."))

    assert words.endswith(": **not agreed**. Answer: See me \\*first\\*.")
