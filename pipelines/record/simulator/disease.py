"""Where a body tends to, given diseases, medicines and time: one function per organ.

A target is what the value would become if everything stayed as it is; ``body`` moves
towards it with the speed of that value. Numbers are textbook sized, not fitted.
"""

import math
from collections.abc import Callable

from pipelines.record.simulator.person import Person

Effect = Callable[[str], float]

HEALTHY_THYROTROPIN = 1.7
HEALTHY_MCV = 89.0
IRON_DEFICIENT_FERRITIN = 7.0
LOWEST_TREATED_HBA1C = 5.9
SLOWEST_FILTRATION = 7.0


def targets(person: Person, minute: int, effect: Effect) -> dict[str, float]:
    """Return the target of every level of the body; ``effect`` sums the medicines."""
    filtration = _filtration(person, minute)
    return {
        "hba1c": _hba1c(person, minute, effect),
        "egfr": filtration,
        "haemoglobin": _haemoglobin(person, minute, effect, filtration),
        "ferritin": _ferritin(person, minute, effect),
        "mcv": _mcv(person, minute, effect),
        "tsh": _thyrotropin(person, minute, effect),
        "ldl": _ldl(person, minute, effect),
        "systolic": _systolic(person, minute, effect),
        "congestion": _congestion(person, minute, effect),
        "mood": _mood(person, minute, effect),
        "albuminuria": _albuminuria(person, minute),
        "inflammation": 0.0,
        "bleeding": 0.0,
    }


def _hba1c(person: Person, minute: int, effect: Effect) -> float:
    """Untreated 7.2 to 10 %, rising slowly; treatment takes its points off."""
    healthy = 5.3 + 0.13 * person.set_points["hba1c"]
    if not person.has("diabetes", minute):
        return healthy
    years = person.years_with("diabetes", minute)
    untreated = 7.2 + 2.6 * person.severities["diabetes"] + min(0.1 * years, 0.8)
    return max(LOWEST_TREATED_HBA1C, untreated + effect("hba1c"))


def _filtration(person: Person, minute: int) -> float:
    """Healthy kidneys lose 0.8 mL/min a year after 40; diseased ones 1 to 4."""
    age = person.age_at(minute)
    healthy = 106 - 0.8 * max(0.0, age - 40) + 7 * person.set_points["creatinine"]
    if not person.has("kidney_disease", minute):
        return max(healthy, 62.0)
    severity = person.severities["kidney_disease"]
    start = 57 - 20 * severity
    loss = (1.0 + 2.5 * severity) * person.years_with("kidney_disease", minute)
    return max(SLOWEST_FILTRATION, min(start, healthy) - loss)


def _iron_repletion(effect: Effect) -> float:
    """Return the share of an iron deficiency that tablets make good."""
    return min(1.0, 1.3 * effect("iron"))


def _haemoglobin(
    person: Person, minute: int, effect: Effect, filtration: float
) -> float:
    """Iron deficiency takes 2 to 4.5 g/dL, failing kidneys up to 2."""
    level = (15.2 if person.is_man else 13.6) + 0.55 * person.set_points["haemoglobin"]
    level -= min(2.0, max(0.0, 40 - filtration) * 0.07)
    if person.has("iron_deficiency", minute):
        lack = 2.0 + 2.5 * person.severities["iron_deficiency"]
        level -= lack * (1 - _iron_repletion(effect))
    return level


def _ferritin(person: Person, minute: int, effect: Effect) -> float:
    """Stores are empty in deficiency and fill only under iron."""
    healthy = (120 if person.is_man else 65) * math.exp(
        0.4 * person.set_points["ferritin"]
    )
    if not person.has("iron_deficiency", minute):
        return healthy
    filled = _iron_repletion(effect)
    return IRON_DEFICIENT_FERRITIN + filled * (0.9 * healthy - IRON_DEFICIENT_FERRITIN)


def _mcv(person: Person, minute: int, effect: Effect) -> float:
    """Red cells are small while iron lacks."""
    healthy = HEALTHY_MCV + 2.6 * person.set_points["mcv"]
    if not person.has("iron_deficiency", minute):
        return healthy
    lack = 9 + 8 * person.severities["iron_deficiency"]
    return healthy - lack * (1 - _iron_repletion(effect))


def _thyrotropin(person: Person, minute: int, effect: Effect) -> float:
    """TSH rises exponentially with the share of the needed hormone that is missing."""
    healthy = HEALTHY_THYROTROPIN * math.exp(0.32 * person.set_points["tsh"])
    if not person.has("hypothyroidism", minute):
        return healthy
    severity = person.severities["hypothyroidism"]
    needed = 55 + 50 * severity
    missing = 1 - effect("thyroid") / needed
    return max(0.05, healthy * math.exp((1.9 + severity) * missing))


def _ldl(person: Person, minute: int, effect: Effect) -> float:
    """Hyperlipidaemia adds 35 to 75 mg/dL; statins take their share."""
    level = 104 + 14 * person.set_points["ldl"]
    if person.has("hyperlipidemia", minute):
        level += 35 + 40 * person.severities["hyperlipidemia"]
    return level * (1 + effect("ldl"))


def _systolic(person: Person, minute: int, effect: Effect) -> float:
    """Pressure rises with age; hypertension adds 18 to 38 mmHg."""
    age = person.age_at(minute)
    level = 115 + 0.25 * max(0.0, age - 40) + 5 * person.set_points["systolic"]
    if person.has("hypertension", minute):
        level += 18 + 20 * person.severities["hypertension"]
    return max(96.0, level + effect("systolic"))


def _congestion(person: Person, minute: int, effect: Effect) -> float:
    """Fluid that a failing heart leaves behind, 0 to 1."""
    if not person.has("heart_failure", minute):
        return 0.0
    severity = person.severities["heart_failure"]
    return max(0.05, 0.25 + 0.45 * severity - 0.35 * effect("diuresis"))


def _mood(person: Person, minute: int, effect: Effect) -> float:
    """A depression score on the scale of the PHQ-9, 0 to 27."""
    level = 2 + person.set_points["mood"]
    if person.has("depression", minute):
        level += 8 + 6 * person.severities["depression"]
    return max(0.0, level + effect("mood"))


def _albuminuria(person: Person, minute: int) -> float:
    """Albumin per creatinine in urine, mg/g; rises with years of diabetes."""
    level = 8 * math.exp(0.4 * person.set_points["albumin_creatinine"])
    if person.has("diabetes", minute):
        years = person.years_with("diabetes", minute)
        level *= 1 + person.severities["diabetes"] * 0.8 * years
    if person.has("kidney_disease", minute):
        level *= 2 + 8 * person.severities["kidney_disease"]
    return min(level, 2500.0)
