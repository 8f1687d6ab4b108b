"""Units, abbreviations and codes' leftovers in short delivered texts, and their words.

They are applied in this order: "mg/mL" before "mg", so that no piece is left over.
"""

import re

AMOUNT = r"(?<=\d) ?"
LIST = (
    # Amounts in the name or the strength of a medicine.
    (rf"{AMOUNT}MG/24 ?HR\b", " milligrams in a day"),
    (rf"{AMOUNT}MG/HR\b", " milligrams in an hour"),
    (rf"{AMOUNT}(?:MCG|UG)/HR\b", " micrograms in an hour"),
    (rf"{AMOUNT}MG/ACTUAT\b", " milligrams in each puff"),
    (rf"{AMOUNT}(?:MCG|UG)/ACTUAT\b", " micrograms in each puff"),
    (rf"{AMOUNT}ACTUAT\b", " puffs of"),
    (rf"{AMOUNT}MG/ML\b", " milligrams in a millilitre"),
    (rf"{AMOUNT}MG/5 ?ML\b", " milligrams in a spoon of five millilitres"),
    (rf"{AMOUNT}(?:UNT|UNITS?)/ML\b", " units in a millilitre"),
    (rf"{AMOUNT}MG/DL\b", " milligrams per decilitre"),
    (rf"{AMOUNT}PG/ML\b", " picograms per millilitre"),
    (rf"{AMOUNT}MMOL/L\b", " millimoles per litre"),
    (rf"{AMOUNT}MM ?\[?HG\]?", " millimetres of mercury"),
    (rf"{AMOUNT}MG\b", " milligrams"),
    (rf"{AMOUNT}(?:MCG|UG)\b", " micrograms"),
    (rf"{AMOUNT}(?:GM|G)\b", " grams"),
    (rf"{AMOUNT}KG\b", " kilograms"),
    (rf"{AMOUNT}ML\b", " millilitres"),
    (rf"{AMOUNT}MEQ\b", " milliequivalents"),
    (rf"{AMOUNT}UNT\b", " units"),
    (rf"{AMOUNT}HR\b", " hours"),
    (rf"{AMOUNT}%", " percent"),
    (r"\b(\d+) Day Pack\b", r"pack for \1 days"),
    # Forms of a medicine; in small letters these would be words.
    (r"\bNDA\d+ ?", ""),
    (r"\*NF\* ?| \(USP\)", ""),
    (r"(?-i: (?:ER|XL|XR|SR|CR|LA)\b)", " (slow release)"),
    (r"(?-i: IR\b)", " (quick release)"),
    (r"(?-i: EC\b)", " (coated)"),
    (r"(?-i: ODT\b)", " (melts on the tongue)"),
    (r"(?-i: SL\b)", " under the tongue"),
    (r"(?-i: MDI\b)", " inhaler"),
    (r" HCl\b", " hydrochloride"),
    (r"\bI\.?V\.?(?= |$)", "into a vein"),
    (r"(?-i: DS\b)", " (double strength)"),
    (r"(?-i: SS\b)", " (single strength)"),
    (r"(?-i:-HP\b)", " (high strength)"),
    (r"(?-i: PCA\b)", " (by a pump that you control)"),
    (r" - CIWA protocol\b", ", for alcohol withdrawal"),
    (r" - ICU\b", ", intensive care:"),
    (r"\bD5W\b", "sugar solution"),
    (r"(?-i:\bNS\b)", "salt solution"),
    (r"\bVitamin D3\b", "Vitamin D"),
    (r"\bw/ ?", "with "),
    # Measures in goals and outcomes.
    (r"\bHbA1c\b", "long-term blood sugar"),
    (r"\bSystolic blood pressure\b", "Upper blood pressure"),
    (r"\bDiastolic blood pressure\b", "Lower blood pressure"),
    (r"\bLDL cholesterol\b", "cholesterol that can narrow the vessels"),
    (r"\bBNP\b", "hormone of a strained heart"),
    (r"\bCOPD\b", "lasting narrowing of the airways"),
    # What classifications write behind a name.
    (r", unspecified\b", ""),
    (r" \((?:disorder|finding|procedure|situation|event|record artifact)\)", ""),
    (r" \((?:regime/therapy|qualifier value|environment)\)", ""),
    (r" #(\d)", r", number \1"),
    (r"(?<=[A-Za-z])/(?=[A-Za-z])", " and "),
)
SPELLED_OUT = tuple((re.compile(found, re.IGNORECASE), words) for found, words in LIST)
