"""What is written beside results: problems, habits, questionnaires, care plans."""

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.conditions import CHRONIC, KIDNEY_STAGES

DIABETIC_KIDNEY = (
    "E11.22",
    "Type 2 diabetes mellitus with diabetic chronic kidney disease",
)
PLAN_DAYS = 330
CODING_DAYS = (2, 9)  # after discharge

# SNOMED CT code and name, goal, analyte that tells the outcome, its limit, its unit.
# fmt: off
_PLANS = {
    "diabetes": ("698360004", "Diabetes self management plan", "HbA1c below 7.5 %",
                 "hba1c", 7.5, "%"),
    "hypertension": ("443402002", "Lifestyle education regarding hypertension",
                     "Systolic blood pressure below 140 mmHg", "systolic", 140, "mmHg"),
    "hyperlipidemia": ("736285004", "Hyperlipidemia clinical management plan",
                       "LDL cholesterol below 100 mg/dL", "ldl", 100, "mg/dL"),
    "heart_failure": ("735984001", "Heart failure self management plan",
                      "Daily weight; no admission; BNP below 400 pg/mL", "bnp", 400,
                      "pg/mL"),
    "copd": ("412776001",
             "Chronic obstructive pulmonary disease clinical management plan",
             "No exacerbation within a year", None, None, None),
}
# fmt: on


def kidney_stage(filtration: float) -> tuple[str, str]:
    """Return code and name of a kidney disease's stage."""
    return next(
        (code, name) for limit, code, name in KIDNEY_STAGES if filtration >= limit
    )


def diagnose(case: Case, disease: str, visit: Visit, since: int) -> None:
    """Put a chronic disease on the problem list."""
    code, name = CHRONIC[disease].code, CHRONIC[disease].name
    if disease == "kidney_disease":
        code, name = kidney_stage(case.latest.get("egfr", case.body.levels["egfr"]))
    if disease == "diabetes" and case.person.has("kidney_disease", visit.minute):
        code, name = DIABETIC_KIDNEY
    _write_problem(case, disease, (code, name), visit, since)


def _write_problem(
    case: Case, disease: str, code: tuple[str, str], visit: Visit, since: int
) -> None:
    case.journal.write(
        "conditions",
        encounter_id=visit.encounter_id,
        condition_code=code[0],
        code_system="ICD-10-CM",
        condition_name=code[1],
        category_code="problem",
        clinical_status_code="active",
        verification_status_code="confirmed",
        started_at=since,
        recorded_at=visit.minute,
    )
    case.problems[disease] = case.journal.rows["conditions"][-1]


def update_kidney_stage(case: Case, visit: Visit) -> None:
    """Replace the stage on the problem list when two results in a row are worse."""
    problem, now = case.problems.get("kidney_disease"), case.latest.get("egfr")
    if problem is None or now is None:
        return
    code, name = kidney_stage(now)
    codes = [stage for _, stage, _ in KIDNEY_STAGES]
    has_moved = codes.index(code) > codes.index(problem["condition_code"])
    was_seen = case.changed.pop("kidney_stage", None) is not None
    if has_moved and not was_seen:
        case.changed["kidney_stage"] = visit.minute
    elif has_moved:
        problem |= {"clinical_status_code": "inactive", "ended_at": visit.minute}
        _write_problem(case, "kidney_disease", (code, name), visit, visit.minute)


def write_diagnoses(
    case: Case, visit: Visit, principal: tuple[str, str], until: int | None
) -> None:
    """Write an encounter's diagnoses: the principal one, then the known problems.

    Of a stay the reason of admission is known at once; it is confirmed, and the others
    join it, when somebody codes the stay some days after discharge. That a known
    problem was coded says nothing about whether it lasts: the problem list does.
    """
    coded = _coded_at(case, until) if visit.is_inpatient else visit.minute
    problems = case.problems.values() if visit.is_inpatient and coded else ()
    others = [
        (row["condition_code"], row["condition_name"])
        for row in problems
        if row["clinical_status_code"] == "active"
    ]
    status = "resolved" if until else "active"
    codes = [principal, *(code for code in others if code[0] != principal[0])]
    for rank, (code, name) in enumerate(codes, start=1):
        is_acute = rank == 1
        case.journal.write(
            "conditions",
            encounter_id=visit.encounter_id,
            condition_code=code,
            code_system="ICD-10-CM",
            condition_name=name,
            category_code="encounter-diagnosis",
            clinical_status_code=status if is_acute else None,
            verification_status_code="confirmed",
            sequence_number=rank,
            started_at=visit.minute,
            ended_at=until if is_acute else None,
            recorded_at=visit.minute if is_acute else coded,
            source_updated_at=coded if visit.is_inpatient else None,
        )


def _coded_at(case: Case, until: int | None) -> int | None:
    """Return when a stay is coded; None while it is not."""
    if until is None:
        return None
    coded = until + int(case.rng.uniform(*CODING_DAYS) * DAY)
    return coded if coded < case.window.end else None


def review_plans(case: Case, visit: Visit) -> None:
    """Start a plan for each disease that has one; judge and renew it after a year."""
    for disease, plan in _PLANS.items():
        if disease not in case.problems:
            continue
        key = f"plan of {disease}"
        if not case.is_settled(key, visit.minute, PLAN_DAYS):
            continue
        problem = case.problems[disease]
        for row in case.journal.rows["care_plans"]:
            if row["plan_code"] == plan[0] and row["status_code"] == "active":
                row |= {
                    "status_code": "completed",
                    "ended_at": visit.minute,
                    "outcome_text": _outcome(case, plan),
                }
        case.journal.write(
            "care_plans",
            encounter_id=visit.encounter_id,
            plan_code=plan[0],
            code_system="SNOMED-CT",
            plan_name=plan[1],
            goal_text=plan[2],
            reason_code=problem["condition_code"],
            reason_name=problem["condition_name"],
            status_code="active",
            started_at=visit.minute,
        )
        case.changed[key] = visit.minute


def _outcome(case: Case, plan: tuple) -> str:
    """Say whether a plan's goal was reached."""
    *_, key, limit, unit = plan
    if key is None:
        recent = [one for one in case.discharges if case.body.minute - one < 365 * DAY]
        return "Admitted during the year" if recent else "Goal reached: no admission"
    value = case.latest.get(key)
    if value is None:
        return "Not measured"
    reached = "Goal reached" if value < limit else "Goal not reached"
    return (
        f"{reached}: {value:g} {unit}"
        if key != "systolic"
        else (f"{reached}: {value:.0f} {unit}")
    )
