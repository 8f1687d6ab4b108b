"""The diseases of the simulated people: ICD-10-CM codes, how common, how heavy.

Prevalences by age are rounded from CDC and NHANES reports of 2017 to 2023; they need to
be plausible, not exact. ``burden`` feeds the risk of admission and readmission.
"""

from dataclasses import dataclass

AGE_BANDS = (18, 35, 50, 65, 80)  # lower ends; prevalence is given for each


@dataclass(frozen=True)
class Disease:
    """A chronic disease."""

    code: str
    name: str
    prevalence: tuple[float, float, float, float, float]
    burden: float
    likelier_with: dict[str, float]
    women_factor: float = 1.0


# fmt: off
CHRONIC: dict[str, Disease] = {
    "hypertension": Disease("I10", "Essential (primary) hypertension",
                            (0.04, 0.17, 0.38, 0.58, 0.70), 0.1, {}),
    "hyperlipidemia": Disease("E78.5", "Hyperlipidemia, unspecified",
                              (0.04, 0.16, 0.32, 0.42, 0.40), 0.0,
                              {"hypertension": 1.3}),
    "diabetes": Disease("E11.9", "Type 2 diabetes mellitus without complications",
                        (0.01, 0.06, 0.13, 0.20, 0.20), 0.5,
                        {"hypertension": 1.5, "hyperlipidemia": 1.3}),
    "kidney_disease": Disease("N18.30", "Chronic kidney disease, stage 3 unspecified",
                              (0.002, 0.015, 0.06, 0.16, 0.30), 0.7,
                              {"diabetes": 1.9, "hypertension": 1.3}),
    "coronary_disease": Disease(
        "I25.10",
        "Atherosclerotic heart disease of native coronary artery without angina",
        (0.001, 0.015, 0.07, 0.15, 0.22), 0.4,
        {"hypertension": 1.3, "diabetes": 1.4}, 0.6),
    "heart_failure": Disease("I50.9", "Heart failure, unspecified",
                             (0.001, 0.006, 0.022, 0.06, 0.13), 1.2,
                             {"coronary_disease": 2.0, "hypertension": 1.4,
                              "diabetes": 1.3}),
    "atrial_fibrillation": Disease("I48.91", "Unspecified atrial fibrillation",
                                   (0.001, 0.006, 0.03, 0.08, 0.15), 0.4,
                                   {"heart_failure": 2.0, "hypertension": 1.2}),
    "copd": Disease("J44.9", "Chronic obstructive pulmonary disease, unspecified",
                    (0.002, 0.02, 0.07, 0.11, 0.11), 0.8, {}),
    "hypothyroidism": Disease("E03.9", "Hypothyroidism, unspecified",
                              (0.01, 0.03, 0.05, 0.08, 0.10), 0.0, {}, 1.6),
    "iron_deficiency": Disease("D50.9", "Iron deficiency anemia, unspecified",
                               (0.035, 0.035, 0.025, 0.035, 0.06), 0.4,
                               {"kidney_disease": 1.5}, 1.5),
    "depression": Disease("F32.A", "Depression, unspecified",
                          (0.09, 0.09, 0.09, 0.06, 0.06), 0.3, {}, 1.4),
}
# fmt: on

# Stage by the whole-number eGFR from which it holds (KDIGO 2024).
# fmt: off
KIDNEY_STAGES = (
    (60, "N18.2", "Chronic kidney disease, stage 2 (mild)"),
    (45, "N18.31", "Chronic kidney disease, stage 3a"),
    (30, "N18.32", "Chronic kidney disease, stage 3b"),
    (15, "N18.4", "Chronic kidney disease, stage 4 (severe)"),
    (0, "N18.5", "Chronic kidney disease, stage 5"),
)
# fmt: on


@dataclass(frozen=True)
class Illness:
    """An acute reason to come or to be admitted.

    ``yearly`` is the number of admissions per adult and year at average burden,
    ``days`` the usual stay, ``mortality`` the share that dies in hospital,
    ``inflammation`` from 0 (none) to 1 (septic shock).
    """

    code: str
    name: str
    ward: str
    yearly: float
    days: float
    mortality: float
    inflammation: float
    needs: str | None = None
    drug: str | None = None
    is_planned: bool = False


# fmt: off
ADMISSIONS: dict[str, Illness] = {
    "pneumonia": Illness("J18.9", "Pneumonia, unspecified organism", "medicine",
                         0.010, 5, 0.04, 0.70, drug="ceftriaxone"),
    "urosepsis": Illness("N39.0", "Urinary tract infection, site not specified",
                         "medicine", 0.007, 4, 0.01, 0.55, drug="ceftriaxone"),
    "sepsis": Illness("A41.9", "Sepsis, unspecified organism", "medicine",
                      0.006, 8, 0.13, 0.95, drug="piperacillin"),
    "heart_failure": Illness("I50.9", "Heart failure, unspecified", "cardiology",
                             0.12, 5, 0.03, 0.05, "heart_failure", "furosemide_40"),
    "copd_flare": Illness(
        "J44.1", "Chronic obstructive pulmonary disease with (acute) exacerbation",
        "medicine", 0.08, 4, 0.02, 0.30, "copd", "prednisone_20"),
    "atrial_fibrillation": Illness("I48.91", "Unspecified atrial fibrillation",
                                   "cardiology", 0.05, 3, 0.01, 0.02,
                                   "atrial_fibrillation", "metoprolol_50"),
    "hyperglycemia": Illness("E11.65", "Type 2 diabetes mellitus with hyperglycemia",
                             "medicine", 0.015, 3, 0.005, 0.05, "diabetes", "glargine"),
    "kidney_injury": Illness("N17.9", "Acute kidney failure, unspecified", "medicine",
                             0.03, 5, 0.04, 0.10, "kidney_disease"),
    "bleeding": Illness("K92.2", "Gastrointestinal hemorrhage, unspecified", "medicine",
                        0.005, 4, 0.03, 0.02, drug="omeprazole_20"),
    "infarction": Illness("I21.4", "Non-ST elevation (NSTEMI) myocardial infarction",
                          "cardiology", 0.025, 4, 0.04, 0.15, "coronary_disease",
                          "aspirin_81"),
    "hip_fracture": Illness("S72.001A", "Fracture of unspecified part of neck of right "
                            "femur, initial encounter for closed fracture", "surgery",
                            0.004, 6, 0.03, 0.20, drug="enoxaparin_40"),
    "cholecystitis": Illness("K81.0", "Acute cholecystitis", "surgery", 0.004, 3, 0.005,
                             0.35, drug="ceftriaxone"),
    "knee_replacement": Illness("M17.11",
                                "Unilateral primary osteoarthritis, right knee",
                                "surgery", 0.006, 2, 0.001, 0.12, drug="enoxaparin_40",
                                is_planned=True),
    "hernia_repair": Illness("K40.90",
                             "Unilateral inguinal hernia, without obstruction or "
                             "gangrene", "surgery", 0.003, 1, 0.0005, 0.05,
                             is_planned=True),
    "cardiac_catheter": Illness("I25.10", "Atherosclerotic heart disease of native "
                                "coronary artery without angina", "cardiology", 0.03, 1,
                                0.002, 0.0, "coronary_disease", is_planned=True),
}
# fmt: on

# Code, name, share of office visits for acute illness, medicine.
# fmt: off
OFFICE_ILLNESSES = (
    ("J06.9", "Acute upper respiratory infection, unspecified", 0.38, None),
    ("N39.0", "Urinary tract infection, site not specified", 0.17, "nitrofurantoin"),
    ("J20.9", "Acute bronchitis, unspecified", 0.15, None),
    ("M54.50", "Low back pain, unspecified", 0.18, "ibuprofen_400"),
    ("J01.90", "Acute sinusitis, unspecified", 0.12, "amoxicillin"),
)
# fmt: on
# fmt: off
EMERGENCIES = (
    ("R07.9", "Chest pain, unspecified", 0.34),
    ("S93.401A", "Sprain of unspecified ligament of right ankle, initial encounter",
    0.24),
    ("R10.9", "Unspecified abdominal pain", 0.24),
    ("R55", "Syncope and collapse", 0.18),
)
# fmt: on
