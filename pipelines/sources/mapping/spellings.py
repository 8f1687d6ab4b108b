"""Spellings of sexes and units that need no judgement, as data."""

SEXES: dict[str, str] = {
    "m": "M", "male": "M", "man": "M", "mann": "M", "maennlich": "M", "h": "M",
    "f": "F", "female": "F", "woman": "F", "w": "F", "frau": "F", "weiblich": "F",
}  # fmt: skip

# UCUM for spellings that need no judgement; keys without blanks, in lower case.
UNITS: dict[str, str] = {
    "mg/dl": "mg/dL", "g/dl": "g/dL", "ug/dl": "ug/dL", "ng/dl": "ng/dL",
    "mmol/l": "mmol/L", "umol/l": "umol/L", "nmol/l": "nmol/L", "pmol/l": "pmol/L",
    "mol/l": "mol/L", "g/l": "g/L", "mg/l": "mg/L", "ug/l": "ug/L", "ng/l": "ng/L",
    "ng/ml": "ng/mL", "pg/ml": "pg/mL", "ug/ml": "ug/mL", "mg/ml": "mg/mL",
    "u/l": "U/L", "iu/l": "[IU]/L", "iu/ml": "[IU]/mL", "miu/l": "m[IU]/L",
    "mu/l": "mU/L", "uiu/ml": "u[IU]/mL", "meq/l": "meq/L", "mosm/kg": "mosm/kg",
    "mio/ul": "10*6/uL", "mill/ul": "10*6/uL", "10^6/ul": "10*6/uL",
    "tsd/ul": "10*3/uL", "k/ul": "10*3/uL", "10^3/ul": "10*3/uL", "/nl": "10*3/uL",
    "gpt/l": "10*9/L", "10^9/l": "10*9/L", "10e9/l": "10*9/L",
    "tpt/l": "10*12/L", "10^12/l": "10*12/L", "/pl": "10*6/uL",
    "%": "%", "fl": "fL", "pg": "pg", "sec": "s", "sek": "s", "s": "s",
    "mm/h": "mm/h", "mm/hr": "mm/h", "mmhg": "mm[Hg]", "ml/min": "mL/min",
}  # fmt: skip
