"""Notes: of what the record held then, one for every visit that is over."""

import re
from collections import Counter, defaultdict

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.note_words import plain_unit
from tests.record.papers import latest_of, rows_of, with_visit
from tests.record.simulated_papers.conftest import IS_STAY, WINDOW


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
