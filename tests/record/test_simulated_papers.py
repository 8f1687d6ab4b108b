"""What is written beside what happened agrees with it, and moves nothing of it."""

import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from pipelines.record.simulator import simulation
from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY, HOUR, YEAR
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.note_words import plain_unit
from pipelines.record.simulator.paper_mistakes import KINDS
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.simulation import simulate_patient
from tests.record.papers import latest_of, rows_of, with_visit

UNTIL, YEARS, SEED, PATIENTS = date(2026, 6, 30), 3, 11, 90
WINDOW = Window.ending(UNTIL, YEARS)
PAPERS = (
    *("contacts", "coverages", "consents", "correction_requests", "appointments"),
    *("referrals", "devices", "family_history", "notes", "lab_orders", "specimens"),
    *("imaging_reports", "administrations", "medication_requests", "claims"),
    "payments",
)
ON_A_WARD_AT_THE_END = 91  # a patient of seed 11
IS_STAY = "inpatient"


def simulated(numbers: range) -> list[Case]:
    hospital = Hospital(60, SEED)
    return [simulate_patient(number, hospital, WINDOW, 0) for number in numbers]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Return patients whose records hold no planted mistake, and no duplicate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "make_mistakes", lambda _case: Counter())
        patch.setattr(simulation, "make_paper_mistakes", lambda _facts: Counter())
        patch.setattr(simulation, "write_duplicate", lambda _case: None)
        return simulated(range(1, PATIENTS + 1))


@pytest.mark.parametrize("feed", PAPERS)
def test_every_feed_is_written(feed: str, cases: list[Case]) -> None:
    assert len(rows_of(cases, feed)) > 0


def test_papers_move_nothing_that_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = range(1, 9)
    written = simulated(numbers)
    monkeypatch.setattr(simulation, "write_paperwork", lambda _case: None)
    monkeypatch.setattr(simulation, "make_paper_mistakes", lambda _facts: Counter())
    bare = simulated(numbers)
    for feed in set(simulation.FEEDS) - set(PAPERS):
        assert rows_of(written, feed) == rows_of(bare, feed), feed


def test_a_result_answers_an_order_from_a_specimen_taken_for_it(
    cases: list[Case],
) -> None:
    orders, specimens = latest_of(cases, "lab_orders"), latest_of(cases, "specimens")
    for result in rows_of(cases, "lab_results"):
        order = orders[result["order_id"]]
        specimen = specimens[result["specimen_id"]]
        assert specimen["order_id"] == result["order_id"]
        assert specimen["collected_at"] == result["collected_at"]
        assert specimen["status_code"] != "rejected"
        assert order["encounter_id"] == result["encounter_id"]
        assert order["ordered_at"] <= result["collected_at"]
        assert specimen["received_at"] <= result["resulted_at"]
        if order["status_code"] == "done":
            assert result["resulted_at"] <= order["completed_at"]


def test_an_order_is_done_when_its_last_result_is_final(cases: list[Case]) -> None:
    results = defaultdict(list)
    for row in latest_of(cases, "lab_results").values():
        results[row["order_id"]].append(row["status_code"])
    for record_id, order in latest_of(cases, "lab_orders").items():
        if order["category_code"] == "laboratory" and record_id in results:
            is_open = "preliminary" in results[record_id]
            assert (order["status_code"] == "in_progress") == is_open


def test_a_rejected_specimen_says_why_and_was_taken_again(cases: list[Case]) -> None:
    specimens = latest_of(cases, "specimens").values()
    taken = defaultdict(list)
    for row in specimens:
        taken[row["order_id"]].append(row)
    rejected = [row for row in specimens if row["status_code"] == "rejected"]
    assert len(rejected) > 5
    for row in rejected:
        assert row["rejection_reason_name"]
        again = [one for one in taken[row["order_id"]] if one["status_code"] == "done"]
        assert any(one["collected_at"] > row["status_at"] for one in again)


def test_each_accession_number_is_on_one_tube(cases: list[Case]) -> None:
    numbers = [
        row["accession_number"] for row in latest_of(cases, "specimens").values()
    ]
    assert len(set(numbers)) == len(numbers)


def test_every_study_is_read_after_it_was_taken(cases: list[Case]) -> None:
    reports = defaultdict(list)
    for row in rows_of(cases, "imaging_reports"):
        reports[row["study_id"]].append(row)
    orders = latest_of(cases, "lab_orders")
    for study in rows_of(cases, "imaging_studies"):
        read = reports[study["study_id"]]
        order = orders[f"OI{study['study_id'][2:]}"]
        assert order["ordered_at"] <= study["started_at"]
        assert [row["reported_at"] for row in read] == sorted(
            row["reported_at"] for row in read
        )
        for row in read:
            assert row["reported_at"] > study["started_at"]
            assert row["modality_code"] == study["modality_code"]
            assert row["report_text"]
            assert row["impression_text"]
        if order["status_code"] == "done":
            assert read[-1]["status_code"] in {"final", "corrected"}


def test_a_corrected_report_supersedes_the_final_one(cases: list[Case]) -> None:
    versions = defaultdict(list)
    for row in rows_of(cases, "imaging_reports"):
        versions[row["record_id"]].append(row["status_code"])
    courses = {tuple(one) for one in versions.values()}
    assert ("preliminary", "final") in courses
    assert any(one[-2:] == ("final", "corrected") for one in courses)


def test_a_dose_lies_within_its_prescription_and_its_stay(cases: list[Case]) -> None:
    prescriptions = latest_of(cases, "prescriptions")
    for dose, stay in with_visit(cases, "administrations"):
        prescription = prescriptions[dose["prescription_id"]]
        given = dose["administered_at"]
        assert stay["encounter_class_code"] == IS_STAY
        assert stay["started_at"] <= given < (stay["ended_at"] or WINDOW.end)
        ended = prescription["ended_at"] or WINDOW.end
        assert prescription["started_at"] <= given < ended
        assert dose["drug_code"] == prescription["drug_code"]


def test_a_dose_is_withheld_for_what_the_record_shows(cases: list[Case]) -> None:
    signs = defaultdict(list)
    for row in rows_of(cases, "vital_signs"):
        signs[row["encounter_id"]].append(row)
    checked = 0
    for dose in latest_of(cases, "administrations").values():
        assert (dose["reason_name"] is None) == (dose["status_code"] == "given")
        found = re.fullmatch(
            r"(Low|Slow) .*\((\d+).*\)", str(dose["reason_name"] or "")
        )
        if not found:
            continue
        code = "8480-6" if found[1] == "Low" else "8867-4"
        before = [
            row["value_text"]
            for row in signs[dose["encounter_id"]]
            if row["observation_code"] == code
            and row["measured_at"] < dose["scheduled_at"]
        ]
        assert found[2] == before[-1]
        assert int(found[2]) < {"Low": 105, "Slow": 55}[found[1]]
        checked += 1
    assert checked > 0


def test_doses_are_given_to_those_on_a_ward_until_the_record_ends() -> None:
    case = simulated(range(ON_A_WARD_AT_THE_END, ON_A_WARD_AT_THE_END + 1))
    stay = rows_of(case, "encounters")[-1]
    assert (stay["encounter_class_code"], stay["ended_at"]) == (IS_STAY, None)
    doses = [
        row["administered_at"]
        for row in rows_of(case, "administrations")
        if row["encounter_id"] == stay["record_id"]
    ]
    assert doses
    assert WINDOW.end - DAY <= max(doses) < WINDOW.end
    billed = {row["encounter_id"] for row in rows_of(case, "claims")}
    assert stay["record_id"] not in billed


def test_a_note_says_the_values_that_the_record_held_then(cases: list[Case]) -> None:
    results = defaultdict(list)
    for row in rows_of(cases, "lab_results"):
        if row.get("unit"):
            results[row["encounter_id"]].append(row)
    names = {row["test_name"] for rows in results.values() for row in rows}
    said = re.compile(
        "|".join(rf"(?:{re.escape(name)}) [<>]?\d[\d.]*" for name in sorted(names))
    )
    checked = 0
    for note in rows_of(cases, "notes"):
        known = [
            row
            for row in results[note["encounter_id"]]
            if row["source_updated_at"] <= note["written_at"]
        ]
        for words in said.findall(note["note_text"]):
            checked += 1
            units = {
                plain_unit(row["unit"])
                for row in known
                if words == f"{row['test_name']} {row['value_text']}"
            }
            assert any(f"{words} {unit}" in note["note_text"] for unit in units), words
    assert checked > 1000


def test_a_note_says_the_pressure_that_was_measured(cases: list[Case]) -> None:
    measured = defaultdict(set)
    for row in rows_of(cases, "vital_signs"):
        if row["observation_code"] in {"8480-6", "8462-4"}:
            measured[row["encounter_id"]].add(row["value_text"])
    checked = 0
    for note in rows_of(cases, "notes"):
        for pair in re.findall(r"BP (\d+)/(\d+) mmHg", note["note_text"]):
            checked += 1
            assert set(pair) <= measured[note["encounter_id"]]
    assert checked > 500


def test_every_visit_that_is_over_has_its_note(cases: list[Case]) -> None:
    kinds = defaultdict(set)
    for row in rows_of(cases, "notes"):
        kinds[row["encounter_id"]].add(row["note_type_code"])
    for visit in latest_of(cases, "encounters").values():
        if visit["encounter_class_code"] == "ward_stay" or visit["ended_at"] is None:
            continue
        if visit["ended_at"] + DAY > WINDOW.end:
            continue  # it may be written tomorrow
        is_stay = visit["encounter_class_code"] == IS_STAY
        assert ("discharge" if is_stay else "visit") in kinds[visit["record_id"]]


def test_nobody_writes_of_a_person_after_a_note_of_their_death(
    cases: list[Case],
) -> None:
    for note, visit in with_visit(cases, "notes"):
        is_dead = visit.get("discharge_disposition_name") == "Expired"
        if note["note_type_code"] == "discharge":
            assert ("The patient died." in note["note_text"]) == is_dead


def test_some_notes_name_the_patient_by_name_phone_or_number(
    cases: list[Case],
) -> None:
    shares: Counter[str] = Counter()
    notes = 0
    for case in cases:
        identity = case.person.identity
        for row in latest_of([case], "notes").values():
            notes += 1
            for name in ("family_name", "phone", "medical_record_number"):
                shares[name] += identity[name] in row["note_text"]
    assert 0.06 < shares["family_name"] / notes < 0.16
    assert 0.01 < shares["phone"] / notes < 0.06
    assert 0.01 < shares["medical_record_number"] / notes < 0.06


def test_some_notes_are_added_to_and_a_few_are_entered_in_error(
    cases: list[Case],
) -> None:
    statuses = Counter(row["status_code"] for row in rows_of(cases, "notes"))
    final = statuses["final"]
    assert 0 < statuses["entered-in-error"] < statuses["amended"] < 0.05 * final
    for row in rows_of(cases, "notes"):
        is_wrong = row["status_code"] == "entered-in-error"
        assert (row.get("is_deleted") == "true") == is_wrong


def test_each_visit_is_billed_to_an_insurance_in_force(cases: list[Case]) -> None:
    coverages = latest_of(cases, "coverages")
    billed = set()
    for claim, visit in with_visit(cases, "claims"):
        coverage = coverages[claim["coverage_id"]]
        assert coverage["started_at"] <= visit["started_at"]
        assert visit["started_at"] < (coverage.get("ended_at") or WINDOW.end)
        assert claim["payer_name"] == coverage["payer_name"]
        assert claim["source_patient_id"] == visit["source_patient_id"]
        billed.add(visit["record_id"])
    for visit in latest_of(cases, "encounters").values():
        is_bill = visit["encounter_class_code"] != "ward_stay" and visit["ended_at"]
        if is_bill and visit["ended_at"] + 9 * DAY < WINDOW.end:
            assert visit["record_id"] in billed


def test_what_was_paid_and_written_off_makes_the_bill(cases: list[Case]) -> None:
    paid: Counter[str] = Counter()
    for row in latest_of(cases, "payments").values():
        if row["status_code"] != "voided":
            sign = -1 if row["payment_type_code"] == "refund" else 1
            cents = row["amount"].replace(".", "")
            assert re.fullmatch(r"\d+\.\d\d", row["amount"])
            paid[row["claim_id"]] += sign * int(cents)
    settled = 0
    for record_id, claim in latest_of(cases, "claims").items():
        billed, allowed, left = (
            int(claim[f"{name}_amount"].replace(".", ""))
            for name in ("billed", "allowed", "patient")
        )
        assert 0 <= left <= allowed <= billed
        if claim["status_code"] != "paid":
            assert paid[record_id] == 0
            continue
        owed = billed - paid[record_id]
        assert owed <= left
        assert owed >= -left  # paid twice, the refund still to come
        settled += owed == 0
    assert settled > 0.7 * len(latest_of(cases, "claims"))


def test_a_rejected_claim_is_sent_again_corrected(cases: list[Case]) -> None:
    claims = latest_of(cases, "claims")
    again = {row.get("replaces_claim_id"): row for row in claims.values()}
    rejected = [row for row in claims.values() if row["status_code"] == "rejected"]
    assert len(rejected) > 5
    for row in rejected:
        assert row["status_reason_name"]
        if row["submitted_at"] + 40 * DAY < WINDOW.end:
            later = again[row["record_id"]]
            assert later["submitted_at"] > row["submitted_at"]
            assert later["encounter_id"] == row["encounter_id"]


def test_medicare_pays_from_sixty_five_on(cases: list[Case]) -> None:
    kinds: set[str] = set()
    for case in cases:
        birthday = (case.person.born + 65 * YEAR) // DAY * DAY
        for row in latest_of([case], "coverages").values():
            is_medicare = row["plan_type_code"] == "medicare"
            is_first = row["priority_number"] == 1
            kinds.add(row["plan_type_code"])
            if is_first:
                assert is_medicare == (row["started_at"] >= birthday)
                ended = row.get("ended_at") or WINDOW.end
                assert is_medicare or ended <= birthday or birthday > WINDOW.end
    assert kinds == {"commercial", "medicare", "medicaid", "self_pay"}


def test_children_have_guardians_and_adults_kin(cases: list[Case]) -> None:
    for case in cases:
        contacts = latest_of([case], "contacts").values()
        roles = {row["contact_role_code"] for row in contacts}
        assert 1 <= len(contacts) <= 3
        is_child = case.person.is_child_at(WINDOW.end)
        assert ("guardian" in roles) == is_child
        if is_child:
            assert {row["relationship_code"] for row in contacts} <= {
                "parent",
                "guardian",
            }


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


def test_a_change_of_dose_answers_a_request_about_what_it_replaced(
    cases: list[Case],
) -> None:
    prescriptions = rows_of(cases, "prescriptions")
    replaced = {row["replaces_prescription_id"]: row for row in prescriptions}
    asked = [
        row
        for row in latest_of(cases, "medication_requests").values()
        if row["request_type_code"] == "dose_change"
    ]
    assert len(asked) > 5
    for row in asked:
        assert row["answered_at"] == replaced[row["prescription_id"]]["started_at"]


def test_a_stop_is_of_a_medicine_that_nothing_replaced(cases: list[Case]) -> None:
    prescriptions = latest_of(cases, "prescriptions")
    replaced = {row["replaces_prescription_id"] for row in prescriptions.values()}
    asked = [
        row
        for row in latest_of(cases, "medication_requests").values()
        if row["request_type_code"] == "stop"
    ]
    assert asked
    for row in asked:
        assert row["prescription_id"] not in replaced
        ended = prescriptions[row["prescription_id"]]["ended_at"]
        assert row["answered_at"] == ended


def test_a_dose_in_intensive_care_is_given_by_its_nurses(cases: list[Case]) -> None:
    wards = [
        row
        for row in latest_of(cases, "encounters").values()
        if row.get("location_name") == "Intensive Care Unit"
    ]
    practitioners = {
        row["record_id"]: row["organization_id"]
        for row in cases[0].hospital.practitioners
    }
    checked = 0
    for dose, stay in with_visit(cases, "administrations"):
        for ward in wards:
            at = dose["administered_at"]
            is_there = ward["part_of_encounter_id"] == stay["record_id"]
            if is_there and ward["started_at"] <= at < ward["ended_at"]:
                place = practitioners[dose["practitioner_id"]]
                assert place == ward["organization_id"]
                checked += 1
    assert checked > 5


def test_no_relative_fell_ill_older_than_they_can_be(cases: list[Case]) -> None:
    for case in cases:
        for row in rows_of([case], "family_history"):
            age = case.person.age_at(row["recorded_at"])
            older = {"mother": 40, "father": 45, "sibling": 8}
            if row["onset_age_years"] is not None:
                oldest = age + older[row["relationship_code"]]
                assert row["onset_age_years"] <= oldest


def test_a_failing_heart_reads_the_same_whatever_the_visit_is_for(
    cases: list[Case],
) -> None:
    readings = defaultdict(set)
    for case in cases:
        if not case.person.has("heart_failure", WINDOW.start):
            continue
        for row in latest_of([case], "imaging_reports").values():
            if row["procedure_name"] == "Echocardiography":
                readings[case.person.number].add(row["impression_text"])
    assert readings
    assert {len(one) for one in readings.values()} == {1}


def test_some_wishes_wait_for_an_answer(cases: list[Case]) -> None:
    waiting = [
        row
        for row in latest_of(cases, "medication_requests").values()
        if row["status_code"] == "requested"
    ]
    assert waiting
    for row in waiting:
        assert row["requested_at"] >= WINDOW.end - 5 * DAY
        assert row.get("answered_at") is None


def test_a_device_of_a_procedure_begins_with_it(cases: list[Case]) -> None:
    ends = defaultdict(set)
    for row in rows_of(cases, "procedures"):
        ends[row["encounter_id"]].add(row["ended_at"])
    placed = [
        row
        for row in latest_of(cases, "devices").values()
        if row["device_name"] in {"Femoral head prosthesis", "Central venous catheter"}
    ]
    assert placed
    for row in placed:
        assert row["started_at"] in ends[row["encounter_id"]]


def test_versions_of_one_row_are_told_apart_by_their_times(cases: list[Case]) -> None:
    for feed in PAPERS:
        rows = rows_of(cases, feed)
        versions = {(row["record_id"], row["source_updated_at"]) for row in rows}
        assert len(versions) == len(rows), feed
        assert max(row["source_updated_at"] for row in rows) < WINDOW.end


def test_every_kind_of_mistake_is_planted_and_counted() -> None:
    made: Counter[str] = Counter()
    for case in simulated(range(1, 61)):
        made += case.mistakes
    planted = {kind.name for kind in KINDS}
    assert len(planted & set(made)) >= len(planted) - 2


def test_a_negative_payment_is_a_mistake_that_was_counted() -> None:
    found = made = 0
    for case in simulated(range(1, 61)):
        rows = case.journal.rows["payments"]
        found += sum(row["amount"].startswith("-") for row in rows)
        made += case.mistakes["payment below nothing"]
    assert found == made
