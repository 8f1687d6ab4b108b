"""The medicines this hospital prescribes: RxNorm products, doses, and what they do.

``effects`` are the changes of a body's target at full adherence: HbA1c points (about
what trials of each step report, Nathan, Diabetes Care 2009;32:193), systolic mmHg (Law,
BMJ 2009;338:b1665), share of LDL removed (Law, BMJ 2003;326:1423), potassium mmol/L,
dose of thyroid hormone in micrograms, iron and diuresis as full courses.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Drug:
    """One product in one dosage."""

    code: str
    name: str
    group: str  # a patient takes one product of a group at a time
    dose: str
    dose_unit: str
    frequency: str
    doses_per_day: float
    strength: str
    route: str = "oral"
    days_supply: int = 90
    refills: int = 3
    effects: dict[str, float] = field(default_factory=dict)


def _tablet(
    code: str,
    substance: str,
    group: str,
    strength: str,
    per_day: float = 1,
    form: str = "Oral Tablet",
    **options: object,
) -> Drug:
    """Return a solid oral product whose dose is one piece."""
    dose, unit = strength.split()
    words = {
        1: "once daily",
        2: "twice daily",
        3: "three times daily",
        4: "every 6 hours",
    }[int(per_day)]
    return Drug(
        code,
        f"{substance} {strength} {form}",
        group,
        dose,
        unit.lower(),
        words,
        per_day,
        f"{strength.lower()} {form.rsplit(maxsplit=1)[-1].lower()}",
        **options,
    )


_SHORT = {"days_supply": 7, "refills": 0}

# fmt: off
FORMULARY: dict[str, Drug] = {
    "metformin_500": _tablet("861007", "metformin hydrochloride", "metformin",
                             "500 MG", 2,
                             effects={"hba1c": -0.8}),
    "metformin_1000": _tablet("861004", "metformin hydrochloride", "metformin",
                              "1000 MG",
                              2, effects={"hba1c": -1.3}),
    "glipizide_5": _tablet("310490", "glipizide", "sulfonylurea", "5 MG", 1,
                           effects={"hba1c": -0.9}),
    "empagliflozin_10": _tablet("1545658", "empagliflozin", "sglt2_inhibitor", "10 MG",
                                1,
                                effects={"hba1c": -0.7, "systolic": -3}),
    "glargine": Drug("311041", "insulin glargine 100 UNT/ML Injectable Solution",
                     "insulin",
                     "20", "[iU]", "once daily at bedtime", 1, "100 unit/mL vial",
                     "subcutaneous", 50, 6, {"hba1c": -1.6}),
    "lisinopril_10": _tablet("314076", "lisinopril", "renin", "10 MG",
                             effects={"systolic": -9, "potassium": 0.12}),
    "lisinopril_20": _tablet("314077", "lisinopril", "renin", "20 MG",
                             effects={"systolic": -13, "potassium": 0.15}),
    "losartan_50": _tablet("979492", "losartan potassium", "renin", "50 MG",
                           effects={"systolic": -9, "potassium": 0.12}),
    "losartan_100": _tablet("979480", "losartan potassium", "renin", "100 MG",
                            effects={"systolic": -13, "potassium": 0.15}),
    "amlodipine_5": _tablet("197361", "amlodipine", "calcium_channel", "5 MG",
                            effects={"systolic": -9}),
    "amlodipine_10": _tablet("308135", "amlodipine", "calcium_channel", "10 MG",
                             effects={"systolic": -12}),
    "hydrochlorothiazide_25": _tablet(
        "310798", "hydrochlorothiazide", "thiazide", "25 MG",
        effects={"systolic": -8, "potassium": -0.25, "sodium": -1.2}),
    "metoprolol_50": _tablet("866436", "24 HR metoprolol succinate", "beta_blocker",
                             "50 MG", form="Extended Release Oral Tablet",
                             effects={"systolic": -5, "pulse": -9}),
    "atorvastatin_20": _tablet("617310", "atorvastatin", "statin", "20 MG",
                               effects={"ldl": -0.40}),
    "atorvastatin_40": _tablet("617311", "atorvastatin", "statin", "40 MG",
                               effects={"ldl": -0.46}),
    "atorvastatin_80": _tablet("259255", "atorvastatin", "statin", "80 MG",
                               effects={"ldl": -0.52}),
    "levothyroxine_50": _tablet("966224", "levothyroxine sodium", "thyroid", "0.05 MG",
                                effects={"thyroid": 50}),
    "levothyroxine_75": _tablet("966222", "levothyroxine sodium", "thyroid", "0.075 MG",
                                effects={"thyroid": 75}),
    "levothyroxine_100": _tablet("892246", "levothyroxine sodium", "thyroid", "0.1 MG",
                                 effects={"thyroid": 100}),
    "ferrous_sulfate": _tablet("310325", "ferrous sulfate", "iron", "325 MG",
                               days_supply=30, refills=5, effects={"iron": 1}),
    "furosemide_40": _tablet("313988", "furosemide", "loop_diuretic", "40 MG",
                             effects={"diuresis": 1, "potassium": -0.25,
                             "systolic": -4}),
    "spironolactone_25": _tablet("313096", "spironolactone", "aldosterone", "25 MG",
                                 effects={"potassium": 0.25, "systolic": -4}),
    "apixaban_5": _tablet("1364445", "apixaban", "anticoagulant", "5 MG", 2),
    "warfarin_5": _tablet("855332", "warfarin sodium", "anticoagulant", "5 MG",
                          days_supply=30, refills=11, effects={"inr": 1.5}),
    "aspirin_81": _tablet("243670", "aspirin", "antiplatelet", "81 MG"),
    "sertraline_50": _tablet("312941", "sertraline", "antidepressant", "50 MG",
                             effects={"mood": -5, "sodium": -0.8}),
    "sertraline_100": _tablet("312938", "sertraline", "antidepressant", "100 MG",
                              effects={"mood": -7, "sodium": -0.8}),
    "albuterol": Drug("2123111",
                      "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler",
                      "reliever", "2", "{puff}", "every 4-6 hours as needed", 4,
                      "90 mcg inhaler", "inhalation", 30, 5),
    "fluticasone_salmeterol": Drug(
        "896209", "60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 "
        "MG/ACTUAT Dry Powder Inhaler", "controller", "1", "{puff}", "twice daily", 2,
        "250/50 mcg inhaler", "inhalation", 30, 11, {"airway": 1}),
    "omeprazole_20": _tablet("198051", "omeprazole", "acid_suppression", "20 MG",
                             form="Delayed Release Oral Capsule"),
    "nitrofurantoin": Drug(
        "1648755",
        "nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 "
        "MG Oral Capsule", "urinary_antibiotic", "100", "mg", "twice daily", 2,
        "100 mg capsule", "oral", 5, 0),
    "ciprofloxacin": _tablet("309309", "ciprofloxacin", "urinary_antibiotic", "500 MG",
                             2,
                             **_SHORT),
    "azithromycin": _tablet("308460", "azithromycin", "oral_antibiotic", "250 MG",
                            days_supply=5, refills=0),
    "amoxicillin": _tablet("308191", "amoxicillin", "oral_antibiotic", "500 MG", 3,
                           form="Oral Capsule", **_SHORT),
    "amoxicillin_liquid": Drug(
        "308189", "amoxicillin 80 MG/ML Oral Suspension", "oral_antibiotic", "400",
        "mg",
        "twice daily", 2, "400 mg/5 mL suspension", "oral", 10, 0),
    "ceftriaxone": Drug("1665021", "ceftriaxone 1000 MG Injection", "iv_antibiotic",
                        "1000", "mg", "every 24 hours", 1, "1 g vial", "intravenous",
                        1, 0),
    "piperacillin": Drug(
        "1659149", "piperacillin 4000 MG / tazobactam 500 MG Injection",
        "iv_antibiotic",
        "4.5", "g", "every 8 hours", 3, "4.5 g vial", "intravenous", 1, 0),
    "enoxaparin_40": Drug(
        "854235", "0.4 ML enoxaparin sodium 100 MG/ML Prefilled Syringe", "prophylaxis",
        "40", "mg", "once daily", 1, "40 mg syringe", "subcutaneous", 1, 0),
    "prednisone_20": _tablet("312615", "prednisone", "steroid", "20 MG", 2,
                             days_supply=5,
                             refills=0),
    "acetaminophen_325": _tablet("313782", "acetaminophen", "analgesic", "325 MG", 4,
                                 days_supply=10, refills=0),
    "ibuprofen_400": _tablet("197805", "ibuprofen", "analgesic", "400 MG", 3, **_SHORT),
}
# fmt: on
