"""Kidney filtration and the creatinine that goes with it: CKD-EPI 2021."""


def filtration_of(creatinine: float, age: float, is_man: int) -> float:
    """Return the eGFR by CKD-EPI 2021 (Inker, NEJM 2021;385:1737)."""
    kappa, alpha, factor = ((0.7, -0.241, 1.012), (0.9, -0.302, 1.0))[is_man]
    ratio = creatinine / kappa
    return 142 * factor * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938**age


def creatinine_of(filtration: float, age: float, is_man: int) -> float:
    """Return the creatinine that has a given eGFR."""
    kappa, alpha, factor = ((0.7, -0.241, 1.012), (0.9, -0.302, 1.0))[is_man]
    ratio = 142 * factor * 0.9938**age / max(filtration, 4.0)
    return kappa * ratio ** (1 / 1.2 if ratio >= 1 else -1 / alpha)
