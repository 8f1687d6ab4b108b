"""How a disease becomes known: by a result over a diagnostic limit, or by its signs."""

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.documentation import diagnose

# Analyte and limit: ADA, KDIGO, ACC/AHA; anaemia is worked up before it is named.
_LIMITS = {
    "diabetes": ("hba1c", 6.5, 1),
    "hypertension": ("systolic", 140, 1),
    "hyperlipidemia": ("ldl", 130, 1),
    "hypothyroidism": ("tsh", 4.5, 1),
    "kidney_disease": ("egfr", 60, -1),
    "iron_deficiency": ("ferritin", 20, -1),
}
NOTICED_SHARE = 0.6  # of visits in which a disease without a test is recognised


def detect(case: Case, visit: Visit) -> None:
    """Diagnose what can be seen now and was not known."""
    for disease in case.person.onsets:
        if disease in case.problems or not case.person.has(disease, visit.minute):
            continue
        if _is_visible(case, disease):
            diagnose(case, disease, visit, visit.minute)


def _is_visible(case: Case, disease: str) -> bool:
    """Return whether results, or the doctor's eye, show a disease."""
    if disease not in _LIMITS:
        return bool(case.rng.random() < NOTICED_SHARE)
    key, limit, direction = _LIMITS[disease]
    value = case.latest.get(key)
    return value is not None and direction * (value - limit) >= 0
