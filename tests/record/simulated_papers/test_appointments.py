"""Appointments and referrals: kept by visits, or still ahead of the living."""

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, HOUR
from tests.record.papers import latest_of, with_visit
from tests.record.simulated_papers.conftest import WINDOW


def test_a_kept_appointment_begins_with_its_visit(cases: list[Case]) -> None:
    for row, visit in with_visit(cases, "appointments"):
        assert row["starts_at"] == visit["started_at"]
        assert row["requested_at"] < row["starts_at"]
        assert row["status_code"] == ("fulfilled" if visit["ended_at"] else "arrived")


def test_what_is_ahead_is_booked_by_the_living_on_a_working_day(
    cases: list[Case],
) -> None:
    ahead = 0
    for case in cases:
        for row in latest_of([case], "appointments").values():
            starts = row["starts_at"]
            if starts is None or starts < WINDOW.end:
                continue
            ahead += 1
            assert row["status_code"] == "booked"
            assert case.person.died is None
            assert row["source_updated_at"] < WINDOW.end
            assert (starts // DAY + 3) % 7 < 5
            assert 8 * HOUR <= starts % DAY < 17 * HOUR
    assert ahead > 10


def test_a_planned_stay_was_referred_to(cases: list[Case]) -> None:
    done = {
        (row["source_patient_id"], row["reason_code"], row.get("completed_at"))
        for row in latest_of(cases, "referrals").values()
    }
    planned = [
        visit
        for visit in latest_of(cases, "encounters").values()
        if visit.get("admission_type_name") == "elective" and visit["ended_at"]
    ]
    assert planned
    for visit in planned:
        who = visit["source_patient_id"]
        assert (who, visit["reason_code"], visit["ended_at"]) in done
