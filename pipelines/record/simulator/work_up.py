"""What a visit to the own doctor measures: by disease, by age, by what was found."""

from pipelines.record.simulator import analytes
from pipelines.record.simulator.case import Case, Visit

LIPIDS_FROM_AGE, DIABETES_SCREENING_AGE = 35, 45
HEALTHY_LAB_SHARE, THYROID_TEST_SHARE, VITAMIN_TEST_SHARE = 0.75, 0.4, 0.12
FASTING_GLUCOSE_LIMIT = 126  # from which HbA1c is asked for (ADA)
SMALL_CELLS = 80  # MCV, fL, below which the iron stores are asked for
# What a follow-up measures, by disease.
FOLLOW_UP = {
    "diabetes": ("hba1c", *analytes.BASIC, "albumin_creatinine"),
    "kidney_disease": (
        *analytes.BASIC,
        "phosphate",
        "haemoglobin",
        "haematocrit",
        "albumin_creatinine",
    ),
    "hypertension": analytes.BASIC,
    "hyperlipidemia": (*analytes.LIPIDS, "alt", "ast"),
    "hypothyroidism": analytes.THYROID,
    "iron_deficiency": (*analytes.BLOOD_COUNT, *analytes.IRON),
    "heart_failure": (*analytes.BASIC, "bnp"),
    "atrial_fibrillation": analytes.BASIC,
    "coronary_disease": analytes.LIPIDS,
}


def choose_analytes(case: Case, visit: Visit, *, is_check_up: bool) -> tuple[str, ...]:
    """Return what is measured: by disease, and by age once a year."""
    keys: list[str] = []
    age = case.person.age_at(visit.minute)
    if is_check_up and (case.problems or case.rng.random() < HEALTHY_LAB_SHARE):
        keys += [*analytes.BASIC, *analytes.BLOOD_COUNT, *analytes.LIVER]
        keys += analytes.LIPIDS if age >= LIPIDS_FROM_AGE else ()
        keys += ("hba1c",) if age >= DIABETES_SCREENING_AGE else ()
        keys += ("tsh",) if case.rng.random() < THYROID_TEST_SHARE else ()
        keys += ("vitamin_d", "b12") if case.rng.random() < VITAMIN_TEST_SHARE else ()
    for disease in case.problems:
        if case.person.has(disease, visit.minute):
            keys += FOLLOW_UP.get(disease, ())
    if case.latest.get("glucose", 0) >= FASTING_GLUCOSE_LIMIT and "hba1c" not in keys:
        keys.append("hba1c")
    if "warfarin_5" in {one.key for one in case.regimen.active.values()}:
        keys.append("inr")
    if _looks_anaemic(case) and "iron_deficiency" not in case.problems:
        keys += [*analytes.BLOOD_COUNT, *analytes.IRON]
    return tuple(dict.fromkeys(keys))


def _looks_anaemic(case: Case) -> bool:
    """Return whether the last blood count asks for the iron stores."""
    lowest = analytes.ANALYTES["haemoglobin"].low[case.person.is_man]
    is_anaemic = case.latest.get("haemoglobin", lowest) < lowest
    return is_anaemic or case.latest.get("mcv", SMALL_CELLS) < SMALL_CELLS
