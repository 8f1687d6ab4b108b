"""What visits cost: amounts in whole cents, codes of procedures, shares by payer."""

from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.journal import Row

# Share that a plan allows, what the patient pays of a visit in cents, and of a stay as
# a share of what is allowed.
_PLANS: dict[str, tuple[float, int, float]] = {
    "commercial": (0.78, 2500, 0.10),
    "medicare": (0.62, 0, 0.0),
    "medicaid": (0.50, 0, 0.0),
    "self_pay": (0.70, 0, 0.0),
}
MEDICARE_PATIENT_SHARE, MOST_OF_A_STAY = 0.20, 160_000
STAY_DAY, STAY_BASE, IMAGE = 310_000, 420_000, 38_000
TEST = 1450
# CPT code and cents by kind of visit.
_VISITS = {
    "Annual physical examination": ("99396", 21_500),
    "Well child visit": ("99392", 17_800),
    "Follow-up visit": ("99214", 18_400),
    "Visit for symptom": ("99213", 14_200),
    "Procedure visit": ("45378", 164_000),
    "Emergency room visit": ("99284", 96_000),
    "Hospital admission": ("99223", STAY_BASE),
}


def money(cents: int) -> str:
    """Return an amount with two places."""
    return f"{cents // 100}.{cents % 100:02d}"


def bill_of(visit: Row, tests: int, images: int) -> tuple[str, int]:
    """Return the procedure code of a visit and what is billed for it, in cents."""
    code, cents = _VISITS[visit["encounter_type_name"]]
    if visit["encounter_class_code"] == "inpatient":
        days = -(-(visit["ended_at"] - visit["started_at"]) // DAY)
        return code, cents + days * STAY_DAY
    return code, cents + tests * TEST + images * IMAGE


def split(visit: Row, plan_type: str, billed: int) -> tuple[int, int]:
    """Return what a plan allows of a bill and what of that the patient pays."""
    share, fee, of_stay = _PLANS[plan_type]
    allowed = round(billed * share)
    if plan_type == "self_pay":
        return allowed, allowed
    if plan_type == "medicare":
        return allowed, round(allowed * MEDICARE_PATIENT_SHARE)
    if visit["encounter_class_code"] == "inpatient":
        return allowed, min(round(allowed * of_stay), MOST_OF_A_STAY)
    is_emergency = visit["encounter_class_code"] == "emergency"
    return allowed, min(fee * (6 if is_emergency else 1), allowed)
