"""How an acute illness changes a body on the day it strikes."""

from pipelines.record.simulator.case import Case
from pipelines.record.simulator.conditions import ADMISSIONS


def fall_ill(case: Case, name: str) -> None:
    """Let the illness that leads to admission change the body."""
    body, rng = case.body, case.rng
    body.disturb(inflammation=ADMISSIONS[name].inflammation * rng.uniform(0.75, 1.1))
    strike = rng.uniform(0.7, 1.2)
    if name == "heart_failure":
        body.disturb(congestion=0.6 * strike)
    elif name == "kidney_injury":
        body.disturb(egfr=-0.55 * body.levels["egfr"] * min(strike, 1.1))
    elif name == "sepsis":
        body.disturb(egfr=-0.35 * body.levels["egfr"] * strike)
    elif name == "bleeding":
        body.disturb(bleeding=0.9 * strike, haemoglobin=-3.4 * strike)
    elif name == "hip_fracture":
        body.disturb(haemoglobin=-1.6 * strike)
    elif name == "hyperglycemia":
        body.derangements |= {"glucose": 430 * strike, "glucose_bedside": 420 * strike}
    elif name == "infarction":
        body.derangements["troponin"] = 1.8 * strike
