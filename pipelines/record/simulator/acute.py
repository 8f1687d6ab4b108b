"""Visits of adults with something acute: to the office, to the emergency department."""

from pipelines.record.simulator import analytes
from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.conditions import EMERGENCIES, OFFICE_ILLNESSES
from pipelines.record.simulator.documentation import write_diagnoses
from pipelines.record.simulator.hospital import EMERGENCY_DEPARTMENT, HOSPITAL
from pipelines.record.simulator.imaging import do_procedure, take_images
from pipelines.record.simulator.laboratory import draw
from pipelines.record.simulator.medicines import Order
from pipelines.record.simulator.microbiology import (
    draw_isolate,
    urine_culture,
    urine_strip,
)
from pipelines.record.simulator.observations import visit_signs
from pipelines.record.simulator.visits import Event, open_visit

BLADDER_INFECTIONS_IN_MEN = 0.15
CHEST_XRAY_SHARE, SPINE_MRI_SHARE = 0.35, 0.08
WEAK_KIDNEY = 45  # eGFR below which no ibuprofen is given

_EMERGENCY_WORK_UP = {
    "R07.9": (("troponin", *analytes.BASIC, *analytes.BLOOD_COUNT), "chest_xray"),
    "S93.401A": ((), "ankle_xray"),
    "R10.9": (
        (*analytes.BASIC, *analytes.LIVER, *analytes.BLOOD_COUNT, "crp"),
        "abdomen_ct",
    ),
    "R55": ((*analytes.BASIC, "troponin", "haemoglobin", "haematocrit"), "head_ct"),
}


def sick_visit(case: Case, minute: int, _detail: str) -> list[Event]:
    """See the doctor with an acute illness; most need nothing but time."""
    shares = [share for _, _, share, _ in OFFICE_ILLNESSES]
    code, name, _, drug = OFFICE_ILLNESSES[case.rng.choice(len(shares), p=shares)]
    if (
        code == "N39.0"
        and case.person.is_man
        and (case.rng.random() > BLADDER_INFECTIONS_IN_MEN)
    ):
        code, name, _, drug = OFFICE_ILLNESSES[0]
    is_infection = not code.startswith("M")
    case.body.advance(minute)
    case.body.disturb(inflammation=case.rng.uniform(0.05, 0.25) * is_infection)
    visit = open_visit(
        case,
        minute,
        20,
        encounter_class_code="ambulatory",
        encounter_type_code="185345009",
        encounter_type_name="Visit for symptom",
        service_name="Family Medicine",
        reason_code=code,
        reason_name=name,
    )
    visit_signs(case, visit)
    over = minute + int(case.rng.uniform(6, 16) * DAY)
    write_diagnoses(case, visit, (code, name), over if over < case.end else None)
    if code == "N39.0":
        urine_strip(case, visit, is_infected=True)
        urine_culture(case, visit, draw_isolate(case))
    elif code == "J20.9" and case.rng.random() < CHEST_XRAY_SHARE:
        draw(case, visit, (*analytes.BLOOD_COUNT, "crp"), minute + 15, "ROUTINE")
        take_images(case, visit, "chest_xray", minute + 60)
    elif code == "M54.50" and case.rng.random() < SPINE_MRI_SHARE:
        take_images(case, visit, "spine_mri", minute + 9 * DAY)
    give(case, visit, drug, (code, name))
    return []


def give(case: Case, visit: Visit, drug: str | None, reason: tuple[str, str]) -> None:
    """Prescribe a short course, where there is one that allergies allow."""
    chosen = case.choose(drug) if drug else None
    is_renal = (
        case.latest.get("egfr", 90) < WEAK_KIDNEY
        or "anticoagulant" in case.regimen.active
    )
    if chosen == "ibuprofen_400" and is_renal:
        chosen = "acetaminophen_325"
    if chosen:
        order = Order(visit.minute, visit.encounter_id, visit.practitioner_id, *reason)
        case.regimen.give_course(chosen, order, case.rng.uniform(5, 8))


def emergency_visit(case: Case, minute: int, _detail: str) -> list[Event]:
    """Come to the emergency department and go home again."""
    shares = [share for *_, share in EMERGENCIES]
    code, name, _ = EMERGENCIES[case.rng.choice(len(shares), p=shares)]
    visit = open_visit(
        case,
        minute,
        int(case.rng.integers(150, 420)),
        encounter_class_code="emergency",
        encounter_type_code="50849002",
        encounter_type_name="Emergency room visit",
        practitioner_id=case.hospital.one_of("Emergency Medicine", case.rng),
        organization_id=HOSPITAL,
        service_name="Emergency Medicine",
        location_name=EMERGENCY_DEPARTMENT[1],
        reason_code=code,
        reason_name=name,
        admission_type_name="emergency",
        admission_source_name="Home",
        discharge_disposition_name="Home",
    )
    visit_signs(case, visit, is_emergency=True)
    over = minute + int(case.rng.uniform(1, 8) * DAY)
    write_diagnoses(case, visit, (code, name), over if over < case.end else None)
    keys, study = _EMERGENCY_WORK_UP[code]
    if keys:
        draw(case, visit, keys, minute + 30, "STAT")
    take_images(case, visit, study, minute + 70)
    if code in {"R07.9", "R55"}:
        do_procedure(case, visit, "ecg", minute + 12, (code, name))
    if code == "S93.401A":
        give(case, visit, "ibuprofen_400", (code, name))
    return []
