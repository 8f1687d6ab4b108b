"""Made-up stays with known odds, and their features as a warehouse has them."""

import numpy as np
import pandas as pd
from scipy.special import expit

from models.features import NAMES

FIRST_DAY = pd.Timestamp("2022-01-01", tz="UTC")
USUAL = {
    "age_years": 65.0,
    "is_female": 1.0,
    "length_of_stay_days": 4.0,
    "is_planned": 0.0,
    "earlier_stays_count": 1.0,
    "emergency_visits_count": 0.0,
    "haemoglobin": 13.0,
    "sodium": 140.0,
    "creatinine": 1.0,
    "critical_results_count": 0.0,
    "charlson_score": 2.0,
    "medicines_count": 5.0,
    "adherence_share": 0.8,
}
# Odds that the simulation knows: an intercept, and two features among noise.
INTERCEPT, PER_STAY, PER_GRAM_BELOW_12 = -2.4, 0.5, 0.5


def cohort_of(stays: int, patients: int, seed: int) -> pd.DataFrame:
    """Return index stays over three years, without their outcome."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.uniform(0, 1_000, stays))
    predicted = FIRST_DAY + pd.to_timedelta(days, unit="D")
    return pd.DataFrame(
        {
            "stay_key": [f"a:{number:05d}" for number in range(stays)],
            "patient_key": rng.integers(1, patients + 1, stays),
            "predicted_at": predicted,
            "window_ends_at": predicted + pd.Timedelta(days=30),
            "is_index": True,
        }
    )


def values_of(cohort: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return values that vary, one row per stay and a column per feature."""
    rng = np.random.default_rng(seed)
    rows = len(cohort)
    wide = pd.DataFrame({name: np.full(rows, USUAL[name]) for name in NAMES})
    wide["earlier_stays_count"] = rng.integers(0, 5, rows).astype(float)
    wide["haemoglobin"] = rng.normal(11.5, 2.0, rows)
    wide["age_years"] = rng.integers(20, 95, rows).astype(float)
    wide["is_female"] = rng.integers(0, 2, rows).astype(float)
    wide["sodium"] = rng.normal(139, 4, rows)
    wide.loc[rng.random(rows) < 0.2, "creatinine"] = np.nan
    return wide.set_index(cohort["stay_key"])


def true_risk(wide: pd.DataFrame) -> np.ndarray:
    """Return the risk that the simulation draws outcomes from."""
    anaemia = (12 - wide["haemoglobin"]).clip(lower=0)
    logit = (
        INTERCEPT + PER_STAY * wide["earlier_stays_count"] + PER_GRAM_BELOW_12 * anaemia
    )
    return expit(logit.to_numpy())


def features_of(cohort: pd.DataFrame, wide: pd.DataFrame) -> pd.DataFrame:
    """Return values as rows of features, known an hour before the prediction."""
    long = wide.stack().dropna().reset_index()  # noqa: PD013 - index to rows
    long.columns = ["stay_key", "feature_name", "feature_value"]
    predicted = cohort.set_index("stay_key")["predicted_at"]
    long["predicted_at"] = long["stay_key"].map(predicted)
    long["known_from"] = long["predicted_at"] - pd.Timedelta(hours=1)
    return long


def hospital(
    stays: int = 4_000, patients: int = 2_500, seed: int = 5
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return index stays with outcomes drawn from known odds, and their features."""
    cohort = cohort_of(stays, patients, seed)
    wide = values_of(cohort, seed + 1)
    rng = np.random.default_rng(seed + 2)
    cohort["is_readmitted"] = rng.random(stays) < true_risk(wide)
    return cohort, features_of(cohort, wide)
