"""What a laboratory would find in a body at one moment: expected values, then noise."""

import math
from collections.abc import Callable

import numpy as np

from pipelines.record.simulator.analytes import ADULT_AGE, ANALYTES, CHILD_RANGES
from pipelines.record.simulator.body import Body
from pipelines.record.simulator.filtration import creatinine_of, filtration_of

MEASURED_LEVELS = ("hba1c", "haemoglobin", "ferritin", "mcv", "tsh", "ldl")
DIABETIC_GLUCOSE_VARIATION = 0.16
WELL_KIDNEY = 60.0
DIABETIC_AVERAGE = 140  # mg/dL of estimated average glucose, HbA1c 6.5 %


def _kidney_loss(body: Body) -> float:
    """Return how far filtration is below 60, as a share of 60."""
    return max(0.0, WELL_KIDNEY - body.levels["egfr"]) / WELL_KIDNEY


def _set_point(body: Body, key: str) -> float:
    """Return a person's own usual value."""
    analyte = ANALYTES[key]
    spread = analyte.between * body.person.set_points[key]
    return analyte.mean[body.person.is_man] * math.exp(spread)


def _glucose(body: Body) -> float:
    """Follow HbA1c (estimated average glucose, Nathan 2008) and stress."""
    average = 28.7 * body.levels["hba1c"] - 46.7
    stress = body.levels["inflammation"] * (0.15 + 0.1 * (average > DIABETIC_AVERAGE))
    return average * (0.87 if average < DIABETIC_AVERAGE else 0.95) * (1 + stress)


def _creatinine(body: Body) -> float:
    age = body.person.age_at(body.minute)
    return creatinine_of(body.levels["egfr"], max(age, ADULT_AGE), body.person.is_man)


def _sodium(body: Body) -> float:
    lost = 3.0 * body.levels["congestion"] + 4.0 * body.levels["inflammation"]
    return _set_point(body, "sodium") + body.effect("sodium") - lost


def _potassium(body: Body) -> float:
    kept = 1.3 * _kidney_loss(body) + body.effect("potassium")
    return _set_point(body, "potassium") + kept


def _urea(body: Body) -> float:
    scarce = (90 / max(body.levels["egfr"], 6)) ** 0.75
    return _set_point(body, "urea") * max(1.0, scarce) * (1 + body.levels["bleeding"])


def _platelets(body: Body) -> float:
    inflamed = body.levels["inflammation"]
    lack = max(0.0, 82 - body.levels["mcv"]) * 6
    septic = 260 * max(0.0, inflamed - 0.7)
    return _set_point(body, "platelets") + lack + 60 * inflamed - septic


def _times(key: str, rise: float, level: str) -> Callable[[Body], float]:
    """Return the set point, raised exponentially with a level of the body."""
    return lambda body: _set_point(body, key) * math.exp(rise * body.levels[level])


_EXPECTED: dict[str, Callable[[Body], float]] = {
    **{key: (lambda body, key=key: body.levels[key]) for key in MEASURED_LEVELS},
    "glucose": _glucose,
    "glucose_bedside": lambda body: 1.12 * _glucose(body),
    "creatinine": _creatinine,
    "sodium": _sodium,
    "potassium": _potassium,
    "urea": _urea,
    "bicarbonate": lambda body: (
        _set_point(body, "bicarbonate")
        - 7 * _kidney_loss(body)
        - 5 * body.levels["inflammation"]
    ),
    "phosphate": lambda body: _set_point(body, "phosphate") + 1.8 * _kidney_loss(body),
    "calcium": lambda body: (
        _set_point(body, "calcium")
        - 0.5 * _kidney_loss(body)
        - 0.6 * body.levels["inflammation"]
    ),
    "albumin": lambda body: (
        _set_point(body, "albumin") * (1 - 0.25 * body.levels["inflammation"])
    ),
    "albumin_creatinine": lambda body: body.levels["albuminuria"],
    "leukocytes": _times("leukocytes", 1.15, "inflammation"),
    "platelets": _platelets,
    "rdw": lambda body: (
        _set_point(body, "rdw") + 0.28 * max(0.0, 84 - body.levels["mcv"])
    ),
    "crp": lambda body: (
        _set_point(body, "crp")
        * (1 + 110 * max(0.0, body.levels["inflammation"]) ** 1.3)
    ),
    "procalcitonin": lambda body: (
        _set_point(body, "procalcitonin")
        * (1 + 180 * max(0.0, body.levels["inflammation"]) ** 2.5)
    ),
    "lactate": _times("lactate", 1.25, "inflammation"),
    "bnp": _times("bnp", 4.0, "congestion"),
    "bilirubin": _times("bilirubin", 0.5, "inflammation"),
    "ast": _times("ast", 0.5, "inflammation"),
    "free_t4": lambda body: (
        _set_point(body, "free_t4") - 0.17 * math.log(body.levels["tsh"] / 1.7)
    ),
    "iron": lambda body: (
        _set_point(body, "iron") * min(1.0, 0.22 + body.levels["ferritin"] / 70)
    ),
    "iron_binding": lambda body: (
        _set_point(body, "iron_binding") + 1.9 * max(0.0, 60 - body.levels["ferritin"])
    ),
    "inr": lambda body: _set_point(body, "inr") + body.effect("inr"),
}

_CHILD_MEANS = {
    key: tuple((below, (low + high) / 2) for below, low, high in rows)
    for key, rows in CHILD_RANGES.items()
}


def _expected(body: Body, key: str) -> float:
    """Return the value before variation, by age for children."""
    age = body.person.age_at(body.minute)
    if age < ADULT_AGE and key in _CHILD_MEANS:
        middle = next(mean for below, mean in _CHILD_MEANS[key] if age < below)
        return middle * (1 + 0.04 * body.person.set_points[key])
    return _EXPECTED.get(key, lambda body: _set_point(body, key))(body)


def measure(
    body: Body, keys: tuple[str, ...], rng: np.random.Generator
) -> dict[str, float]:
    """Return rounded values; those that are calculated agree with the others."""
    noise = np.clip(rng.normal(size=len(keys)), -2.5, 2.5).tolist()
    values: dict[str, float] = {}
    for key, deviate in zip(keys, noise, strict=True):
        analyte = ANALYTES[key]
        within = analyte.within
        if key == "glucose" and body.person.has("diabetes", body.minute):
            within = DIABETIC_GLUCOSE_VARIATION
        expected = body.derangements.get(key) or _expected(body, key)
        value = expected * math.exp(within * deviate)
        values[key] = round(value, analyte.decimals)
    _calculate(values, body)
    return values


def _calculate(values: dict[str, float], body: Body) -> None:
    """Replace what a laboratory calculates instead of measuring it."""
    if "egfr" in values:
        age, is_man = body.person.age_at(body.minute), body.person.is_man
        values["egfr"] = math.floor(
            filtration_of(values["creatinine"], age, is_man) + 0.5
        )
    if "anion_gap" in values:
        gap = values["anion_gap"] + 6 * body.levels["inflammation"]
        gap += 3 * _kidney_loss(body)
        values["chloride"] = round(values["sodium"] - values["bicarbonate"] - gap)
        values["anion_gap"] = (
            values["sodium"] - values["chloride"] - values["bicarbonate"]
        )
    if "haematocrit" in values:
        # Red cells are not all packed alike.
        packing = 2.98 * values["haematocrit"] / _expected(body, "haematocrit")
        values["haematocrit"] = round(values["haemoglobin"] * packing, 1)
    if "erythrocytes" in values:
        _calculate_red_cells(values)
        _calculate_white_cells(values, body)
    if "cholesterol" in values:
        rest = values["hdl"] + values["triglycerides"] / 5
        values["cholesterol"] = round(values["ldl"] + rest)
    if "iron_saturation" in values:
        values["iron_saturation"] = round(100 * values["iron"] / values["iron_binding"])


def _calculate_red_cells(values: dict[str, float]) -> None:
    """Derive count and cell haemoglobin, as the analyser's formulas do."""
    values["erythrocytes"] = round(10 * values["haematocrit"] / values["mcv"], 2)
    values["mch"] = round(10 * values["haemoglobin"] / values["erythrocytes"], 1)
    values["mchc"] = round(100 * values["haemoglobin"] / values["haematocrit"], 1)


def _calculate_white_cells(values: dict[str, float], body: Body) -> None:
    """Split the white cells: inflammation shifts them towards neutrophils."""
    share = 0.60 + 0.28 * body.levels["inflammation"]
    share += 0.02 * body.person.set_points["neutrophils"]
    values["neutrophils"] = round(values["leukocytes"] * share, 2)
    values["lymphocytes"] = round(values["leukocytes"] * (0.91 - share), 2)
