"""Thirty-day unplanned readmission: what is learnt, from whom, and how it is judged.

One row per hospital stay. The risk is told at discharge, from what was known then; the
label is read when the thirty days are over.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from models.features import shaped, widened
from models.leakage import check_apart, check_known_in_time
from models.measures import OneClassError, refuse_one_class
from models.scorecard import Scorecard
from models.splitting import Split, choose_cutoff, split_at

NAME = "readmission_30d"
FEWEST_EVENTS = 200  # to learn from; fewer, and the reasons would be chance
FOLDS = 5
PENALTY = 0.1  # inverse strength; weights of rare findings are kept small
AGE_BANDS = {"18-49": 50, "50-64": 65, "65-79": 80, "80 and over": 200}


class TooLittleToLearnError(Exception):
    """There is nothing to train a model from; the message says what is lacking."""


@dataclass(frozen=True)
class Trained:
    """A model with its judgement; ``scorecard`` is none where it cannot be judged."""

    model: CalibratedClassifierCV
    cutoff: pd.Timestamp
    training_stays: int
    training_events: int
    test_stays: int
    test_events: int
    scorecard: Scorecard | None

    @property
    def base_rate(self) -> float:
        """Return the share of training stays that were followed by a readmission."""
        return self.training_events / self.training_stays

    @property
    def why_not_shown(self) -> str | None:
        """Return why people see no risk of this model; none when they do."""
        return why_not_shown(self.training_events, self.scorecard)


def why_not_shown(training_events: int, scorecard: Scorecard | None) -> str | None:
    """Return the first reason against showing a model's risks, in words for people."""
    if training_events < FEWEST_EVENTS:
        return (
            f"The model learnt from {training_events} readmissions; it needs "
            f"{FEWEST_EVENTS}."
        )
    if scorecard is None:
        return "There were no later stays to judge the model on."
    low, _ = scorecard.intervals["auroc"]
    if not low > 0.5:  # noqa: PLR2004 - what chance alone reaches
        return "On later stays the model was not shown to be better than chance."
    if scorecard.measures["auroc"] > 0.95:  # noqa: PLR2004 - reference.md 4.3: too good
        return "On later stays the model was too good to be true."
    return None


def build_model(folds: list[tuple[np.ndarray, np.ndarray]]) -> CalibratedClassifierCV:
    """Return the unfitted model; every fitted step lives inside it.

    It is calibrated on predictions for patients whom the model in question did not see.
    """
    steps = [
        (
            "impute",
            SimpleImputer(
                strategy="median", add_indicator=True, keep_empty_features=True
            ),
        ),
        ("scale", StandardScaler()),
        ("classify", LogisticRegression(C=PENALTY, max_iter=1_000)),
    ]
    return CalibratedClassifierCV(
        Pipeline(steps), method="sigmoid", cv=folds, ensemble=False
    )


def fit(
    columns: pd.DataFrame, outcome: pd.Series, patients: pd.Series
) -> CalibratedClassifierCV:
    """Fit the model; stays of one patient are in one fold.

    Raises:
        OneClassError: only one outcome occurs.
    """
    refuse_one_class(outcome.to_numpy(int))
    folds = list(
        GroupKFold(min(FOLDS, patients.nunique())).split(columns, groups=patients)
    )
    return build_model(folds).fit(columns, outcome.astype(int))


def train(cohort: pd.DataFrame, features: pd.DataFrame) -> Trained:
    """Learn from the past, and judge on later stays of other patients.

    ``cohort`` has one row per index stay (``ml.readmission_cohort``), ``features`` one
    per stay and feature.

    Raises:
        LeakageError: the model would see what it cannot know.
        TooLittleToLearnError: no stay, or only one outcome, to learn from.
    """
    check_known_in_time(features)
    stays = cohort.sort_values("stay_key").set_index("stay_key", drop=False)
    if stays.empty:
        msg = "no stay has a known outcome yet"
        raise TooLittleToLearnError(msg)
    split = split_at(stays, choose_cutoff(stays))
    check_apart(split.train, split.test, split.cutoff)
    columns = shaped(widened(features, stays.index))
    learnt = split.train.index
    try:
        model = fit(
            columns.loc[learnt],
            split.train["is_readmitted"],
            split.train["patient_key"],
        )
    except (OneClassError, ValueError) as problem:
        msg = f"too few stays with known outcome to learn from: {len(learnt)}"
        raise TooLittleToLearnError(msg) from problem
    return Trained(
        model=model,
        cutoff=split.cutoff,
        training_stays=len(split.train),
        training_events=int(split.train["is_readmitted"].sum()),
        test_stays=len(split.test),
        test_events=int(split.test["is_readmitted"].sum()),
        scorecard=judge(model, columns, split, widened(features, split.test.index)),
    )


def judge(
    model: CalibratedClassifierCV,
    columns: pd.DataFrame,
    split: Split,
    values: pd.DataFrame,
) -> Scorecard | None:
    """Return the judgement on the test stays; none if only one outcome occurs there."""
    events = int(split.test["is_readmitted"].sum())
    if not 0 < events < len(split.test):
        return None
    judged = pd.DataFrame(
        {
            "patient_key": split.test["patient_key"],
            "outcome": split.test["is_readmitted"].astype(int),
            "predicted": predict(model, columns.loc[split.test.index]),
            "group_sex": values["is_female"].map({1.0: "female", 0.0: "male"}),
            "group_age": values["age_years"].map(age_band),
        }
    )
    return Scorecard.of(judged)


def predict(model: CalibratedClassifierCV, columns: pd.DataFrame) -> np.ndarray:
    """Return the risk of each row."""
    return model.predict_proba(columns)[:, 1]


def age_band(age: float) -> str | None:
    """Return the band of an age in completed years."""
    return next((band for band, end in AGE_BANDS.items() if age < end), None)
