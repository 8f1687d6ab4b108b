"""Risks of single stays, with the three features that moved each of them most."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV

from models.features import FEATURES, NAMES, shaped, widened
from models.leakage import check_known_in_time
from models.readmission import predict

REASONS = 3
# Of the features, so that a risk never rests on age and length of stay alone.
FEWEST_KNOWN = 9
ALWAYS_NEEDED = "age_years"
SCORED, NOT_ENOUGH, NOT_SHOWN = "scored", "not_enough_data", "model_not_shown"


def score(
    model: CalibratedClassifierCV | None,
    stays: pd.DataFrame,
    features: pd.DataFrame,
    base_rate: float,
) -> pd.DataFrame:
    """Return one row per stay with status, risk and reasons.

    ``model`` is none when people may not see its risks: then nothing is computed.

    Raises:
        LeakageError: a feature was known only after its prediction.
    """
    check_known_in_time(features)
    ordered = stays.sort_values("stay_key").set_index("stay_key", drop=False)
    wide = widened(features, ordered.index)
    is_enough = (wide.notna().sum(axis=1) >= FEWEST_KNOWN) & wide[ALWAYS_NEEDED].notna()
    known_until = features.groupby("stay_key")["known_from"].max()
    scored = pd.DataFrame(index=ordered.index)
    for name in ("patient_key", "predicted_at", "window_ends_at"):
        scored[name] = ordered[name]
    scored["features_known_until"] = known_until.reindex(ordered.index)
    scored["base_rate"] = base_rate
    scored["status_code"] = np.where(is_enough, SCORED, NOT_ENOUGH)
    scored["risk"] = np.nan
    for number in range(1, REASONS + 1):
        for part in ("name", "value", "effect"):
            scored[f"reason_{number}_{part}"] = pd.Series(dtype=object)
    if model is None:
        scored["status_code"] = NOT_SHOWN
        return scored
    known = wide[is_enough]
    if not known.empty:
        scored.loc[known.index, "risk"] = predict(model, shaped(known))
        for stay, reasons in reasons_of(model, known):
            for column, told in reasons.items():
                scored.at[stay, column] = told  # noqa: PD008 - one cell
    return scored


def reasons_of(
    model: CalibratedClassifierCV, wide: pd.DataFrame
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield, for each stay, the features that moved its risk most, in words."""
    moved = contributions(model, wide)
    by_name = {feature.name: feature for feature in FEATURES}
    for stay, row in moved.iterrows():
        ranked = sorted(
            row.items(), key=lambda one: (-abs(one[1]), NAMES.index(one[0]))
        )
        reasons: dict[str, str] = {}
        for number, (name, effect) in enumerate(ranked[:REASONS], start=1):
            if effect:
                reasons |= {
                    f"reason_{number}_name": by_name[name].words,
                    f"reason_{number}_value": by_name[name].told(wide.at[stay, name]),  # noqa: PD008
                    f"reason_{number}_effect": "raises" if effect > 0 else "lowers",
                }
        yield str(stay), reasons


def contributions(model: CalibratedClassifierCV, wide: pd.DataFrame) -> pd.DataFrame:
    """Return how much each feature moves each logit against the average training stay.

    Scaled columns are 0 at the training mean, so weight times column is the difference.
    What an unknown value changes belongs to its feature, too.
    """
    (calibrated,) = model.calibrated_classifiers_
    impute, scale, classify = (step for _, step in calibrated.estimator.steps)
    (calibrator,) = calibrated.calibrators
    columns = shaped(wide)
    scaled = scale.transform(impute.transform(columns))
    # The calibrator's risk is 1 / (1 + exp(a * logit + b)).
    moved = scaled * classify.coef_[0] * -calibrator.a_
    owner = {term: each.name for each in FEATURES for term in each.terms}
    terms = [
        name.removeprefix("missingindicator_")
        for name in impute.get_feature_names_out(columns.columns)
    ]
    by_term = pd.DataFrame(moved, index=wide.index, columns=terms)
    summed = by_term.T.groupby([owner[term] for term in terms], sort=False).sum().T
    return summed.reindex(columns=list(NAMES), fill_value=0.0)
