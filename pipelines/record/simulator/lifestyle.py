"""How people live: tobacco, alcohol, exercise, diet, work, family."""

import numpy as np

from pipelines.record.simulator.person import Person

# Answers and their shares among adults, rounded from NHIS 2022 and BRFSS 2022.
SMOKING = ("Never smoker", "Former smoker", "Current smoker")
SMOKING_SHARES, SMOKING_SHARES_WITH_COPD = (0.62, 0.25, 0.13), (0.25, 0.5, 0.25)
DRINKING = ("None", "Occasional", "1-2 drinks daily", "3 or more drinks daily")
DRINKING_SHARES = (0.3, 0.45, 0.19, 0.06)
EXERCISE = ("Rarely", "1-2 times a week", "3-4 times a week", "Daily")
EXERCISE_SHARES = (0.33, 0.3, 0.24, 0.13)
DIETS = ("Regular", "Low salt", "Vegetarian", "Mediterranean", "Lactose free")
DIABETICS_DIETS = (*DIETS[:-1], "Diabetic")
DIET_SHARES = (0.6, 0.13, 0.06, 0.11, 0.1)
OCCUPATIONS = (
    "Teacher",
    "Cook",
    "Electrician",
    "Engineer",
    "Caregiver",
    "Cleaner",
    "Unemployed",
    "Bus driver",
    "Shop worker",
    "Office worker",
    "Warehouse worker",
)
MARITAL_STATUS = ("M", "S", "D", "W")
MARITAL_SHARES, RETIRED_MARITAL_SHARES = (
    (0.5, 0.33, 0.15, 0.02),
    (0.45, 0.05, 0.15, 0.35),
)
RETIREMENT_AGE, RETIREMENT_SPREAD = 66, 3


def draw_lifestyle(
    person: Person, age: float, rng: np.random.Generator
) -> dict[str, str]:
    """Draw habits; chronic lung disease has usually been smoked for."""
    smoking = SMOKING_SHARES_WITH_COPD if "copd" in person.onsets else SMOKING_SHARES
    diets = DIABETICS_DIETS if "diabetes" in person.onsets else DIETS
    is_retired = age > rng.normal(RETIREMENT_AGE, RETIREMENT_SPREAD)
    marital = RETIRED_MARITAL_SHARES if is_retired else MARITAL_SHARES
    occupation = str(rng.choice(OCCUPATIONS))
    return {
        "tobacco": str(rng.choice(SMOKING, p=smoking)),
        "alcohol": str(rng.choice(DRINKING, p=DRINKING_SHARES)),
        "exercise": str(rng.choice(EXERCISE, p=EXERCISE_SHARES)),
        "diet": str(rng.choice(diets, p=DIET_SHARES)),
        "occupation": "Retired" if is_retired else occupation,
        "marital": str(rng.choice(MARITAL_STATUS, p=marital)),
    }
