"""Prescriptions and dispenses as delivered, once a patient's record is complete."""

import numpy as np

from pipelines.record.simulator.clock import DAY, HOUR
from pipelines.record.simulator.formulary import FORMULARY
from pipelines.record.simulator.journal import Journal
from pipelines.record.simulator.medicines import RENEWAL, Prescription, Regimen
from pipelines.record.simulator.person import Person

NEVER_FILLED_SHARE = 0.03
RELIABLE = 0.8  # adherence from which refills come on time or early
LEAST_TAKEN = 0.3  # keeps the wait for a refill finite
PHARMACIES = (
    "Main Street Pharmacy",
    "Harbor Pharmacy",
    "Old Mill Drugs",
    "Mail Order Pharmacy",
)


def write_medicines(
    regimen: Regimen, journal: Journal, end: int, rng: np.random.Generator
) -> None:
    """Write all prescriptions and what the pharmacy dispensed of them."""
    last = regimen.person.died or end
    pharmacy = str(rng.choice(PHARMACIES))
    for one in regimen.history:
        if one.order.minute >= last:
            continue
        if one.ended is not None and one.ended >= last:
            one.ended = regimen.person.died
        fills: list[int] = []
        if not one.is_inpatient and rng.random() >= NEVER_FILLED_SHARE:
            fills = _dispense(one, regimen.person, journal, last, pharmacy, rng)
        journal.write("prescriptions", **_prescription_row(one, fills))


def _prescription_row(one: Prescription, fills: list[int]) -> dict[str, object]:
    """Return a prescription as it stands after its last fill, or its end."""
    drug = FORMULARY[one.key]
    is_used_up = one.is_course or (
        one.change_reason == RENEWAL and one.ended is not None
    )
    finished = "completed" if is_used_up else "stopped"
    return {
        "encounter_id": one.order.encounter_id,
        "drug_code": drug.code,
        "code_system": "RxNorm",
        "drug_name": drug.name,
        "strength_text": drug.strength,
        "dose_text": drug.dose,
        "dose_unit": drug.dose_unit,
        "route_code": drug.route,
        "frequency_text": drug.frequency,
        "doses_per_day": f"{drug.doses_per_day:g}",
        "quantity": _quantity(one.key),
        "days_supply": drug.days_supply,
        "refills_allowed": drug.refills,
        "dispenses_count": len(fills),
        "status_code": "active" if one.ended is None else finished,
        "change_reason_name": one.change_reason,
        "replaces_prescription_id": one.replaces,
        "reason_code": one.order.reason_code,
        "reason_name": one.order.reason_name,
        "practitioner_id": one.order.practitioner_id,
        "started_at": one.order.minute,
        "ended_at": one.ended,
        "source_updated_at": max(one.order.minute, one.ended or 0, *fills[-1:]),
    }


def _quantity(key: str) -> str:
    """Return pieces per dispense; an inhaler or a vial counts as one."""
    drug = FORMULARY[key]
    if drug.route in {"inhalation", "subcutaneous"}:
        return "1"
    return f"{drug.doses_per_day * drug.days_supply:g}"


def _dispense(
    one: Prescription,
    person: Person,
    journal: Journal,
    last: int,
    pharmacy: str,
    rng: np.random.Generator,
) -> list[int]:
    """Write the fills of one prescription; return when they were."""
    drug = FORMULARY[one.key]
    until = last if one.is_course or one.ended is None else min(one.ended, last)
    minute = one.order.minute + int(rng.uniform(1, 30)) * HOUR
    fills: list[int] = []
    while minute < until and len(fills) <= drug.refills:
        journal.write(
            "dispenses",
            encounter_id=one.order.encounter_id,
            prescription_id=one.record_id,
            drug_code=drug.code,
            code_system="RxNorm",
            drug_name=drug.name,
            status_code="completed",
            route_code=drug.route,
            frequency_text=drug.frequency,
            doses_per_day=f"{drug.doses_per_day:g}",
            quantity=_quantity(one.key),
            days_supply=drug.days_supply,
            refill_number=len(fills),
            pharmacy_name=pharmacy,
            dispensed_at=minute,
        )
        fills.append(minute)
        minute += _days_to_refill(drug.days_supply, person.adherence_at(minute), rng)
    return fills


def _days_to_refill(supply: int, adherence: float, rng: np.random.Generator) -> int:
    """Return the minutes until somebody comes back: early, on time or late."""
    if adherence >= RELIABLE:
        days = supply + rng.uniform(-6, 3)
    else:
        days = supply / max(adherence, LEAST_TAKEN) + rng.uniform(-3, 12)
    return int(max(days, 1) * DAY + rng.uniform(-4, 4) * HOUR)
