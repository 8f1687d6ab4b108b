"""What doctors decide from what they know: one function per chronic disease.

Steps and limits follow common guidelines (ADA, ACC/AHA, KDIGO); a treatment is changed
only when its last change has had time to show.
"""

from collections.abc import Callable

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.medicines import Order

HBA1C_GOAL = 7.5
SYSTOLIC_GOAL = 140
LDL_GOAL = 100
TSH_HIGH, TSH_LOW = 4.2, 0.35
PHQ_GOAL = 10
POTASSIUM_LIMIT = 5.5
METFORMIN_STOP_EGFR, METFORMIN_REDUCE_EGFR = 30, 45
REPLETE_FERRITIN = 45
COUGH_SHARE = 0.10
MUSCLE_PAIN_SHARE = 0.04
SEVERE = 0.5
ON_WARFARIN = 0.7  # severity above which an older regimen has been kept

GLUCOSE_STEPS = (
    "metformin_500",
    "metformin_1000",
    "empagliflozin_10",
    "glipizide_5",
    "glargine",
)
PRESSURE_STEPS = (
    "lisinopril_10",
    "lisinopril_20",
    "amlodipine_5",
    "amlodipine_10",
    "hydrochlorothiazide_25",
)
SARTAN_STEPS = ("losartan_50", "losartan_100", *PRESSURE_STEPS[2:])
LIPID_STEPS = ("atorvastatin_20", "atorvastatin_40", "atorvastatin_80")
THYROID_STEPS = ("levothyroxine_50", "levothyroxine_75", "levothyroxine_100")


def _next_step(case: Case, steps: tuple[str, ...]) -> str | None:
    """Return the first step beyond all that were ever taken."""
    taken = {one.key for one in case.regimen.history}
    reached = max((i for i, key in enumerate(steps) if key in taken), default=-1)
    return next((k for k in steps[reached + 1 :] if k not in case.intolerances), None)


def _step_up(
    case: Case, disease: str, steps: tuple[str, ...], order: Order, reason: str
) -> None:
    """Take the next step of a treatment, if one is left."""
    step = _next_step(case, steps)
    if step is not None:
        case.prescribe(step, order, reason)
        case.changed[disease] = order.minute


def treat_diabetes(case: Case, order: Order) -> None:
    """Step up above the goal; respect the kidneys with metformin and gliflozin."""
    egfr = case.latest.get("egfr", 90)
    if egfr < METFORMIN_REDUCE_EGFR:
        case.intolerances |= {"metformin_1000", "empagliflozin_10"}
        if case.regimen.has("metformin_1000"):
            case.prescribe("metformin_500", order, "Dose reduced for eGFR below 45")
    if egfr < METFORMIN_STOP_EGFR:
        case.intolerances |= {"metformin_500"}
        case.stop("metformin_500", order, "eGFR below 30")
    if case.latest.get("hba1c", 0) <= HBA1C_GOAL and "diabetes" in case.changed:
        return
    if case.is_settled("diabetes", order.minute, 80):
        _step_up(case, "diabetes", GLUCOSE_STEPS, order, "HbA1c above goal")


def treat_hypertension(case: Case, order: Order) -> None:
    """Step up above the goal; change to losartan after cough."""
    case.changed.setdefault("hypertension", 0)
    coughs = bool(case.intolerances & {"lisinopril_10"})
    if coughs and any(map(case.regimen.has, ("lisinopril_10", "lisinopril_20"))):
        case.prescribe("losartan_50", order, "Cough on lisinopril")
        return
    is_high = case.latest.get("systolic", 0) > SYSTOLIC_GOAL
    if is_high and case.is_settled("hypertension", order.minute, 25):
        steps = SARTAN_STEPS if coughs else PRESSURE_STEPS
        _step_up(case, "hypertension", steps, order, "Blood pressure above goal")
        if case.regimen.has("lisinopril_10") and case.rng.random() < COUGH_SHARE:
            case.intolerances |= {"lisinopril_10", "lisinopril_20"}
    if case.latest.get("potassium", 0) > POTASSIUM_LIMIT:
        case.stop("spironolactone_25", order, "Potassium above 5.5")


def treat_hyperlipidemia(case: Case, order: Order) -> None:
    """Step up above the goal; a few people stop for muscle pain."""
    if "statin" in case.intolerances:
        return
    is_taking = "statin" in case.regimen.active
    if is_taking and case.rng.random() < MUSCLE_PAIN_SHARE / 4:
        case.regimen.stop("statin", order.minute, "Muscle pain")
        case.intolerances.add("statin")
        return
    is_high = case.latest.get("ldl", 0) > LDL_GOAL
    if is_high and case.is_settled("hyperlipidemia", order.minute, 85):
        _step_up(case, "hyperlipidemia", LIPID_STEPS, order, "LDL above goal")


def treat_hypothyroidism(case: Case, order: Order) -> None:
    """Titrate by TSH, not more often than it settles."""
    if not case.is_settled("hypothyroidism", order.minute, 42):
        return
    tsh = case.latest.get("tsh", 0)
    step = next((k for k in THYROID_STEPS if case.regimen.has(k)), None)
    position = THYROID_STEPS.index(step) if step else -1
    if tsh > TSH_HIGH and position + 1 < len(THYROID_STEPS):
        reason = "TSH above range" if step else None
        case.prescribe(THYROID_STEPS[position + 1], order, reason)
    elif 0 < tsh < TSH_LOW and position > 0:
        case.prescribe(THYROID_STEPS[position - 1], order, "TSH below range")
    else:
        return
    case.changed["hypothyroidism"] = order.minute


def treat_iron_deficiency(case: Case, order: Order) -> None:
    """Give iron until stores are full, then stop and call it resolved."""
    lower = 14 if case.person.is_man else 12
    is_replete = (
        case.latest.get("ferritin", 0) > REPLETE_FERRITIN
        and case.latest.get("haemoglobin", 0) >= lower - 0.3
    )
    if case.regimen.has("ferrous_sulfate") and is_replete:
        case.stop("ferrous_sulfate", order, "Iron stores replete")
        case.person.resolved["iron_deficiency"] = order.minute
        problem = case.problems.get("iron_deficiency")
        if problem is not None:
            problem |= {"clinical_status_code": "resolved", "ended_at": order.minute}
    elif not is_replete:
        case.prescribe("ferrous_sulfate", order)


def treat_heart_failure(case: Case, order: Order) -> None:
    """Diuretic and beta blocker; spironolactone where it is severe and safe."""
    for key in ("furosemide_40", "metoprolol_50"):
        case.prescribe(key, order)
    is_safe = case.latest.get("potassium", 9) < POTASSIUM_LIMIT - 0.6
    if case.person.severities["heart_failure"] > SEVERE and is_safe:
        case.prescribe("spironolactone_25", order)


def treat_atrial_fibrillation(case: Case, order: Order) -> None:
    """Anticoagulate, mostly without warfarin, and slow the rate."""
    is_on_warfarin = case.person.severities["atrial_fibrillation"] > ON_WARFARIN
    case.prescribe("warfarin_5" if is_on_warfarin else "apixaban_5", order)
    case.prescribe("metoprolol_50", order)


def treat_coronary_disease(case: Case, order: Order) -> None:
    """Aspirin unless anticoagulated, and a statin in a strong dose."""
    if "anticoagulant" not in case.regimen.active:
        case.prescribe("aspirin_81", order)
    if "statin" not in {*case.regimen.active, *case.intolerances}:
        case.prescribe("atorvastatin_40", order)


def treat_copd(case: Case, order: Order) -> None:
    """A reliever for all, a controller where it is severe."""
    case.prescribe("albuterol", order)
    if case.person.severities["copd"] > SEVERE:
        case.prescribe("fluticasone_salmeterol", order)


def treat_depression(case: Case, order: Order) -> None:
    """Start, and double, by the score of the questionnaire."""
    is_low = case.latest.get("mood", PHQ_GOAL) >= PHQ_GOAL
    if is_low and case.is_settled("depression", order.minute, 42):
        steps = ("sertraline_50", "sertraline_100")
        _step_up(case, "depression", steps, order, "Still depressed")


TREATMENTS: dict[str, Callable[[Case, Order], None]] = {
    "diabetes": treat_diabetes,
    "hypertension": treat_hypertension,
    "hyperlipidemia": treat_hyperlipidemia,
    "hypothyroidism": treat_hypothyroidism,
    "iron_deficiency": treat_iron_deficiency,
    "heart_failure": treat_heart_failure,
    "atrial_fibrillation": treat_atrial_fibrillation,
    "coronary_disease": treat_coronary_disease,
    "copd": treat_copd,
    "depression": treat_depression,
}
