"""Checks that run in every training and scoring, not only in tests."""

import pandas as pd


class LeakageError(Exception):
    """A model would see what it cannot know; the message names no patient."""


def check_known_in_time(features: pd.DataFrame) -> None:
    """Refuse features that rest on a fact which was not known at their prediction.

    Raises:
        LeakageError: some are known only after it, or nobody knows since when.
    """
    in_time = features["known_from"] <= features["predicted_at"]
    if not in_time.all():
        late = features.loc[~in_time, "feature_name"]
        told = ", ".join(
            f"{name} ({rows})" for name, rows in late.value_counts().items()
        )
        msg = f"features known only after the prediction, with their rows: {told}"
        raise LeakageError(msg)


def check_apart(train: pd.DataFrame, test: pd.DataFrame, cutoff: pd.Timestamp) -> None:
    """Refuse a split that lets the model see those, or the time, it is judged on.

    Raises:
        LeakageError: a patient is on both sides, a label was not known at the cutoff,
            or a stay to be judged lies before it.
    """
    both = set(train["patient_key"]) & set(test["patient_key"])
    if both:
        msg = f"{len(both)} patients are in both training and test"
        raise LeakageError(msg)
    if (train["window_ends_at"] > cutoff).any():
        msg = "a training stay has a label that was not known at the cutoff"
        raise LeakageError(msg)
    if (test["predicted_at"] <= cutoff).any():
        msg = "a test stay lies before the cutoff"
        raise LeakageError(msg)
