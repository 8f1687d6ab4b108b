"""Run the simulated hospital and write its deliveries, a few hundred patients each."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.journal import Row
from pipelines.record.simulator.laboratory import local_codes
from pipelines.record.simulator.mistakes import make_mistakes
from pipelines.record.simulator.paper_mistakes import make_paper_mistakes
from pipelines.record.simulator.paperwork import write_paperwork
from pipelines.record.simulator.patient_course import follow, open_case
from pipelines.record.simulator.pharmacy import write_medicines
from pipelines.record.simulator.population import Window, draw_person
from pipelines.record.simulator.registration import (
    is_coordinated,
    write_duplicate,
    write_registration,
)
from pipelines.record.simulator.version_times import state_version_times
from pipelines.record.simulator.writing import DeliveryFolder

PATIENTS_AT_A_TIME = 150  # about 120,000 rows: quick to write, 200 MB to hold
FEEDS = (
    "local_codes",
    "organizations",
    "practitioners",
    "patients",
    "patient_links",
    "care_team",
    "contacts",
    "coverages",
    "consents",
    "correction_requests",
    "encounters",
    "appointments",
    "referrals",
    "conditions",
    "allergies",
    "procedures",
    "immunizations",
    "devices",
    "family_history",
    "social_history",
    "notes",
    "vital_signs",
    "care_plans",
    "questionnaire_responses",
    "lab_orders",
    "specimens",
    "lab_results",
    "imaging_studies",
    "imaging_reports",
    "prescriptions",
    "dispenses",
    "administrations",
    "medication_requests",
    "claims",
    "payments",
)

Progress = Callable[[str, int, int], None]


@dataclass
class Summary:
    """What a simulation made: rows by feed, planted mistakes by kind, true risks.

    ``risks`` has one entry per discharge: patient number, minute, probability of an
    unplanned readmission; it is known only here and never delivered.
    """

    rows: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    risks: list[tuple[int, int, float]] = field(default_factory=list)


def simulate(
    *,
    patients: int,
    years: int,
    seed: int,
    until: date,
    folder: Path,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write the deliveries of a synthetic hospital; return the rows per feed.

    Args:
        patients: Number of people; a few are registered twice.
        years: Length of the record.
        seed: The same arguments give the same bytes.
        until: Day with whose beginning the record ends: nothing happens on it.
        folder: Where ``<feed>.csv`` are written; files of that name are replaced.
        progress: Called with a label, patients done, patients in all.
    """
    hospital = Hospital(patients, seed)
    window = Window.ending(until, years)
    summary = run(hospital, window, folder, progress or (lambda *_: None))
    return dict(summary.rows)


def run(
    hospital: Hospital, window: Window, folder: Path, progress: Progress
) -> Summary:
    """Simulate all patients of a hospital and write them piece by piece."""
    delivery, summary = DeliveryFolder(folder, FEEDS), Summary()
    delivery.append("local_codes", local_codes())
    delivery.append("organizations", hospital.organizations)
    delivery.append("practitioners", hospital.practitioners)
    piece: dict[str, list[Row]] = defaultdict(list)
    coordinated = 0
    for number in range(1, hospital.patients + 1):
        case = simulate_patient(number, hospital, window, coordinated)
        coordinated += is_coordinated(case)
        summary.mistakes += case.mistakes
        summary.risks += [(number, *risk) for risk in case.risks]
        for feed, rows in case.journal.rows.items():
            piece[feed].extend(rows)
        if number % PATIENTS_AT_A_TIME == 0 or number == hospital.patients:
            for feed, rows in piece.items():
                delivery.append(feed, rows)
            piece.clear()
            progress("patients", number, hospital.patients)
    summary.rows = delivery.rows
    return summary


def simulate_patient(
    number: int, hospital: Hospital, window: Window, coordinated: int
) -> Case:
    """Return the finished record of one patient.

    ``coordinated`` is the number of coordinated patients before this one: nurses take
    them in turn.
    """
    rng = np.random.default_rng([hospital.seed, number])
    case = open_case(draw_person(number, window, rng), window, hospital, rng)
    follow(case)
    nurse = hospital.coordinator(coordinated) if is_coordinated(case) else None
    write_registration(case, nurse)
    write_medicines(case.regimen, case.journal, window.end, rng)
    facts = write_paperwork(case)
    write_duplicate(case)
    case.mistakes += make_mistakes(case) + make_paper_mistakes(facts)
    state_version_times(case.journal)
    return case
