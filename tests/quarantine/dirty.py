"""Rows of six feeds as they should have come, and as they came: refused for 14 reasons.

Each kind of fault names what mends it: a correction of a code or unit and a replay, a
release, a new delivery, or nothing, where the row is to be discarded.
"""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
STATED = "2026-03-01T09:00:00Z"
FAR = "2999-01-01T08:00:00Z"
PATIENTS = 250
# How many rows of a feed are as they should be: more than are not, or it is held.
SOUND = {"lab_results": 5_200, "vital_signs": 1_900, "payments": 1_700,
         "consents": 700, "encounters": 1_400, "prescriptions": 500}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """A kind of fault: how many rows have it, and how a sound row comes to have it."""

    feed: str
    count: int
    mend: str  # correct, release, deliver or discard
    changes: Row
    rule: str
    # What the row would have been, where it is not as it was before the fault.
    truth: Row | None = None


def _rule(feed: str, kind: str, column: str) -> str:
    return f"{feed}:expect_column_{kind}:{column}"


BETWEEN = "values_to_be_between"
FAULTS = (
    Fault("lab_results", 1_500, "release",
          {"collected_at": FAR, "unit": "mmol per litre"},
          _rule("lab_results", BETWEEN, "collected_at"),
          {"collected_at": FAR}),
    Fault("lab_results", 900, "release", {"value_text": "1e15", "value_number": "1e15"},
          _rule("lab_results", BETWEEN, "value_number"),
          {"value_text": "1e15", "value_number": "1e15"}),
    Fault("lab_results", 1_000, "deliver", {"collected_at": "31.02.2026"},
          "collected_at:unreadable"),
    Fault("lab_results", 900, "deliver", {"test_code": ""},
          _rule("lab_results", "values_to_not_be_null", "test_code")),
    Fault("lab_results", 700, "discard", {"value_number": "4,1"},
          "value_number:unreadable"),
    Fault("vital_signs", 800, "release",
          {"value_text": "371", "observation_code": "8310-5"},
          _rule("vital_signs", "values_to_not_match_regex", "value_text:temperature"),
          {"value_text": "371", "observation_code": "8310-5"}),
    Fault("vital_signs", 900, "correct",
          {"value_text": "3300", "observation_code": "8889-8", "unit": "g"},
          _rule("vital_signs", "values_to_not_match_regex",
                "value_text:rate_or_pressure"),
          {"value_text": "3300", "observation_code": "8339-4", "unit": "g"}),
    Fault("payments", 900, "correct", {"status_code": "POSTD"},
          _rule("payments", "values_to_be_in_set", "status_code")),
    Fault("payments", 600, "correct", {"payment_type_code": "PAY"},
          _rule("payments", "values_to_be_in_set", "payment_type_code")),
    Fault("consents", 500, "correct", {"scope_code": "Research use"},
          _rule("consents", "values_to_be_in_set", "scope_code")),
    Fault("encounters", 700, "release", {"ended_at": "2025-01-01T08:00:00Z"},
          _rule("encounters", "pair_values_a_to_be_greater_than_b",
                "ended_at+started_at"),
          {"ended_at": "2025-01-01T08:00:00Z"}),
    Fault("encounters", 350, "discard", {"started_at": ""},
          _rule("encounters", "values_to_not_be_null", "started_at")),
    Fault("prescriptions", 200, "discard", {"source_patient_id": "NULL"},
          _rule("prescriptions", "values_to_not_match_regex",
                "source_patient_id:nobody")),
    Fault("prescriptions", 50, "discard", {"source_patient_id": ""},
          "source_patient_id:missing"),
)  # fmt: skip
# Feed, column, delivered text, text that it stands for; the unit comes first.
CORRECTIONS = (
    ("lab_results", "unit", "mmol per litre", "mmol/L"),
    ("vital_signs", "observation_code", "8889-8", "8339-4"),
    ("payments", "status_code", "POSTD", "posted"),
    ("payments", "payment_type_code", "PAY", "payment"),
    ("consents", "scope_code", "Research use", "research"),
)


def _stated(patient: int, **columns: str) -> Row:
    named = {"source_patient_id": f"P{patient}", "source_updated_at": STATED}
    return named | columns


def _time(chance: random.Random) -> str:
    day, hour = chance.randint(1, 28), chance.randint(0, 23)
    return f"2026-{chance.randint(1, 2):02}-{day:02}T{hour:02}:30:00Z"


def _sound(feed: str, patient: int, chance: random.Random) -> Row:
    """Return a row of a feed that is as it should be."""
    at = _time(chance)
    makers: dict[str, Callable[[], Row]] = {
        "lab_results": lambda: _stated(
            patient, test_code="2823-3", code_system="LOINC", test_name="Potassium",
            value_text="4.1", value_number="4.1", unit="mmol/L", collected_at=at,
        ),
        "vital_signs": lambda: _stated(
            patient, observation_code="8867-4", code_system="LOINC", value_text="71",
            unit="/min", measured_at=at,
        ),
        "payments": lambda: _stated(
            patient, claim_id="C1", payment_type_code="payment",
            status_code="posted", amount="10.00", currency_code="USD", paid_at=at,
        ),
        "consents": lambda: _stated(
            patient, scope_code="research", decision_code="permit", started_at=at,
        ),
        "encounters": lambda: _stated(
            patient, encounter_class_code="AMB", started_at=at,
            ended_at="2026-03-02T10:00:00Z",
        ),
        "prescriptions": lambda: _stated(
            patient, drug_code="860975", code_system="RxNorm",
            drug_name="metformin 500 MG", started_at=at,
        ),
    }  # fmt: skip
    return makers[feed]()


@dataclass
class Deliveries:
    """By feed: rows as they came, as they should have come, and those sent again."""

    came: dict[str, list[Row]]
    clean: dict[str, list[Row]]
    again: dict[str, list[Row]]


def deliveries(seed: int) -> Deliveries:
    """Return the rows of a campaign; another seed, other rows."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    people = [
        {"source_patient_id": f"P{number}", "given_name": "Ada", "family_name": "Meyer",
         "sex_code": "F", "birth_date": "1956-08-03"}
        for number in range(PATIENTS)
    ]  # fmt: skip
    made = Deliveries({"patients": people}, {"patients": people}, {})
    for feed, count in SOUND.items():
        came = [_sound(feed, number % PATIENTS, chance) for number in range(count)]
        for number, row in enumerate(came):
            row["record_id"] = f"{feed}-{number}"
        made.came[feed], made.clean[feed] = came, [*came]
    for number, fault in enumerate(FAULTS):
        for index in range(fault.count):
            sound = _sound(fault.feed, index % PATIENTS, chance)
            sound["record_id"] = f"{fault.feed}-{number}-{index}"
            made.came[fault.feed].append(sound | fault.changes)
            if fault.mend != "discard":
                made.clean[fault.feed].append(sound | (fault.truth or {}))
            if fault.mend == "deliver":
                made.again.setdefault(fault.feed, []).append(sound)
    for rows in (*made.came.values(), *made.clean.values()):
        chance.shuffle(rows)
    return made


def write(folder: Path, tables: dict[str, list[Row]]) -> Path:
    """Write the tables as a delivery of our csv."""
    folder.mkdir()
    for feed, rows in tables.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{feed}.csv").open("w", newline="") as handle:
            writer = csv.DictWriter(handle, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder
