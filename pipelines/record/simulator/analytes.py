"""What the simulated laboratory measures: codes, units, ranges, variation, panels.

Reference ranges are the laboratory's own and follow ABIM 2026 and NBME 2026 (see the
clinical reference's table of adult ranges); panic limits follow Kost, JAMA
1990;263:704. Means lie inside the range; ``between`` is the spread of people's set
points and ``within`` the variation from day to day, both as a share of the mean,
rounded from the EFLM biological variation database.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Analyte:
    """One analyte as this laboratory reports it."""

    loinc: str
    name: str
    unit: str
    decimals: int
    mean: tuple[float, float]  # women, men
    between: float
    within: float
    low: tuple[float | None, float | None] = (None, None)
    high: tuple[float | None, float | None] = (None, None)
    panic: tuple[float | None, float | None] = (None, None)
    floor: float | None = None  # below this the instrument prints "<floor"
    local_code: str | None = None  # reported under the laboratory's own list


def _both(value: float | None) -> tuple[float | None, float | None]:
    return (value, value)


def _analyte(  # noqa: PLR0913, PLR0917 - one row of a table, as wide as a laboratory's catalogue
    loinc: str,
    name: str,
    unit: str,
    decimals: int,
    mean: float,
    between: float,
    within: float,
    low: float | None,
    high: float | None,
    **options: object,
) -> Analyte:
    """Return an analyte whose mean and range hold for both sexes."""
    return Analyte(
        loinc,
        name,
        unit,
        decimals,
        _both(mean),
        between,
        within,
        _both(low),
        _both(high),
        **options,
    )


# fmt: off
ANALYTES: dict[str, Analyte] = {
    "glucose": _analyte("2345-7", "Glucose", "mg/dL", 0, 92, 0, 0.06, 70, 99,
                        panic=(46, 484)),
    "glucose_bedside": _analyte("41653-7", "Glucose, point of care", "mg/dL", 0, 92, 0,
                                0.12, 70, 140, panic=(46, 484), local_code="GLU-POC"),
    "urea": _analyte("3094-0", "Urea nitrogen (BUN)", "mg/dL", 0, 14, 0.15, 0.12, 8, 20,
                     panic=(None, 104)),
    "creatinine": Analyte("2160-0", "Creatinine", "mg/dL", 2, (0.75, 0.95), 0, 0.04,
                          (0.5, 0.7), (1.1, 1.3), (None, 7.4)),
    "egfr": _analyte("98979-8", "eGFR (CKD-EPI 2021)", "mL/min/{1.73_m2}", 0, 95, 0, 0,
                     60, None),
    "sodium": _analyte("2951-2", "Sodium", "mmol/L", 0, 140, 0.008, 0.007, 136, 145,
                       panic=(120, 158)),
    "potassium": _analyte("2823-3", "Potassium", "mmol/L", 1, 4.2, 0.04, 0.045, 3.5,
                          5.0, panic=(2.8, 6.2)),
    "chloride": _analyte("2075-0", "Chloride", "mmol/L", 0, 103, 0, 0.01, 98, 106),
    "bicarbonate": _analyte("2028-9", "Carbon dioxide, total", "mmol/L", 0, 26, 0.03,
                            0.04, 23, 30, panic=(11, 40)),
    "anion_gap": _analyte("33037-3", "Anion gap", "mmol/L", 0, 10.6, 0, 0.11, 7, 13),
    "calcium": _analyte("17861-6", "Calcium", "mg/dL", 1, 9.4, 0.02, 0.02, 8.6, 10.2,
                        panic=(6.6, 12.9)),
    "magnesium": _analyte("19123-9", "Magnesium", "mg/dL", 1, 2.0, 0.04, 0.05, 1.6, 2.6,
                          panic=(1.0, 4.9), local_code="MG"),
    "phosphate": _analyte("2777-1", "Phosphate", "mg/dL", 1, 3.6, 0.08, 0.08, 3.0, 4.5,
                          panic=(1.2, 8.9), local_code="PHOS"),
    "protein": _analyte("2885-2", "Protein, total", "g/dL", 1, 7.1, 0.04, 0.03, 6.0,
        8.3),
    "albumin": _analyte("1751-7", "Albumin", "g/dL", 1, 4.3, 0.04, 0.03, 3.5, 5.5),
    "bilirubin": _analyte("1975-2", "Bilirubin, total", "mg/dL", 1, 0.6, 0.2, 0.15, 0.3,
                          1.0, panic=(None, 15)),
    "alkaline_phosphatase": _analyte("6768-6", "Alkaline phosphatase", "U/L", 0, 74,
                                     0.2, 0.06, 30, 120),
    "alt": _analyte("1742-6", "Alanine aminotransferase (ALT)", "U/L", 0, 22, 0.25,
                    0.12, 10, 40),
    "ast": _analyte("1920-8", "Aspartate aminotransferase (AST)", "U/L", 0, 22, 0.18,
                    0.1, 10, 40),
    "leukocytes": _analyte("6690-2", "Leukocytes", "10*3/uL", 1, 6.8, 0.16, 0.1, 4.0,
                           11.0, panic=(2.0, 37.0)),
    "erythrocytes": _analyte("789-8", "Erythrocytes", "10*6/uL", 2, 4.7, 0, 0, 4.2,
        5.9),
    "haemoglobin": Analyte("718-7", "Hemoglobin", "g/dL", 1, (13.6, 15.2), 0, 0.02,
                           (12, 14), (16, 18), (6.6, 19.9)),
    "haematocrit": Analyte("4544-3", "Hematocrit", "%", 1, (40.5, 45), 0, 0.012,
                           (37, 42), (47, 50), (18, 61)),
    "mcv": _analyte("787-2", "MCV", "fL", 1, 89, 0, 0.008, 80, 98),
    "mch": _analyte("785-6", "MCH", "pg", 1, 30, 0, 0, 26, 34),
    "mchc": _analyte("786-4", "MCHC", "g/dL", 1, 33.5, 0, 0, 31, 36),
    "rdw": _analyte("788-0", "RDW", "%", 1, 13.0, 0.03, 0.02, 11.5, 14.5),
    "platelets": _analyte("777-3", "Platelets", "10*3/uL", 0, 245, 0.18, 0.07, 150, 450,
                          panic=(37, 910)),
    "neutrophils": _analyte("751-8", "Neutrophils, absolute", "10*3/uL", 2, 4.1, 0, 0,
                            2.0, 8.25, panic=(0.5, None)),
    "lymphocytes": _analyte("731-0", "Lymphocytes, absolute", "10*3/uL", 2, 2.0, 0, 0,
                            1.0, 4.95),
    "cholesterol": _analyte("2093-3", "Cholesterol, total", "mg/dL", 0, 190, 0, 0, None,
                            200),
    "hdl": Analyte("2085-9", "HDL cholesterol", "mg/dL", 0, (58, 48), 0.2, 0.05,
                   (50, 40)),
    "triglycerides": _analyte("2571-8", "Triglycerides", "mg/dL", 0, 115, 0.3, 0.18,
                              None, 150),
    "ldl": _analyte("13457-7", "LDL cholesterol, calculated", "mg/dL", 0, 115, 0, 0.05,
                    None, 100),
    "hba1c": _analyte("4548-4", "Hemoglobin A1c", "%", 1, 5.3, 0, 0.015, 4.0, 5.6),
    "albumin_creatinine": _analyte("9318-7", "Albumin/creatinine, urine", "mg/g", 0, 8,
                                   0.4, 0.25, None, 30, floor=5),
    "tsh": _analyte("3016-3", "TSH", "m[IU]/L", 2, 1.7, 0, 0.12, 0.4, 4.0, floor=0.01),
    "free_t4": _analyte("3024-7", "Free T4", "ng/dL", 2, 1.2, 0.08, 0.05, 0.8, 1.8),
    "ferritin": Analyte("2276-4", "Ferritin", "ng/mL", 0, (60, 120), 0, 0.1, (24, 24),
                        (307, 336), floor=4),
    "iron": _analyte("2498-4", "Iron", "ug/dL", 0, 90, 0.15, 0.15, 50, 150),
    "iron_binding": _analyte("2500-7", "Iron binding capacity", "ug/dL", 0, 300, 0.04,
                             0.03, 250, 400),
    "iron_saturation": _analyte("2502-3", "Iron saturation", "%", 0, 30, 0, 0, 20, 50),
    "b12": _analyte("2132-9", "Vitamin B12", "pg/mL", 0, 460, 0.22, 0.08, 200, 800),
    "vitamin_d": _analyte("1989-3", "25-hydroxyvitamin D3", "ng/mL", 0, 33, 0.3, 0.06,
                          30, 60),
    "crp": _analyte("1988-5", "C-reactive protein", "mg/L", 1, 2, 0.4, 0.2, None, 8,
                    floor=0.5),
    "procalcitonin": _analyte("33959-8", "Procalcitonin", "ng/mL", 2, 0.05, 0.2, 0.2,
                              None, 0.10, floor=0.05),
    "lactate": _analyte("2524-7", "Lactate", "mmol/L", 1, 1.2, 0.1, 0.12, 0.7, 2.1,
                        panic=(None, 3.4)),
    "troponin": _analyte("10839-9", "Troponin I", "ng/mL", 2, 0.005, 0, 0.2, None, 0.04,
                         floor=0.01),
    "bnp": _analyte("30934-4", "BNP", "pg/mL", 0, 35, 0.4, 0.2, None, 100, floor=10),
    "inr": _analyte("6301-6", "INR", "{INR}", 1, 1.0, 0.02, 0.03, 0.9, 1.2,
                    panic=(None, 5.0), local_code="INR"),
    "hemolysis_index": _analyte("", "Hemolysis index", "", 0, 8, 0, 0.5, None, None,
                                local_code="HIDX"),
    "lipemia_index": _analyte("", "Lipemia index", "", 0, 12, 0, 0.5, None, None,
                              local_code="LIDX"),
}
# fmt: on

BASIC = (
    "glucose",
    "urea",
    "creatinine",
    "egfr",
    "sodium",
    "potassium",
    "chloride",
    "bicarbonate",
    "anion_gap",
    "calcium",
)
LIVER = ("protein", "albumin", "bilirubin", "alkaline_phosphatase", "alt", "ast")
BLOOD_COUNT = (
    "leukocytes",
    "erythrocytes",
    "haemoglobin",
    "haematocrit",
    "mcv",
    "mch",
    "mchc",
    "rdw",
    "platelets",
    "neutrophils",
    "lymphocytes",
)
LIPIDS = ("cholesterol", "hdl", "triglycerides", "ldl")
IRON = ("ferritin", "iron", "iron_binding", "iron_saturation")
THYROID = ("tsh", "free_t4")
CHILD_BLOOD_COUNT = ("leukocytes", "haemoglobin", "haematocrit", "mcv", "platelets")

# Ranges by age in years (below), low and high; Nelson Textbook of Pediatrics, rounded.
# fmt: off
CHILD_RANGES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "leukocytes": ((2, 6.0, 17.0), (6, 5.0, 15.5), (18, 4.5, 13.5)),
    "haemoglobin": ((2, 10.5, 13.5), (6, 11.5, 13.5), (12, 11.5, 15.5), (18, 12, 16)),
    "haematocrit": ((2, 33, 39), (6, 34, 40), (12, 35, 45), (18, 36, 49)),
    "mcv": ((2, 70, 86), (6, 75, 87), (12, 77, 95), (18, 78, 98)),
    "platelets": ((18, 150, 450),),
}
# fmt: on
ADULT_AGE = 18
