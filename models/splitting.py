"""Stays to learn from and stays to be judged on: by time, and no patient in both.

Patients are drawn for the test among those discharged after the cutoff, and none of
their stays teaches. To keep only later patients who are new would judge the model on
people without a history, whose risk is another one.
"""

import hashlib
from dataclasses import dataclass

import pandas as pd

TEST_SHARE = 0.35  # of the patients with a discharge after the cutoff
LEARNING_SHARE = 0.75  # of the discharges, in order of time, lie before the cutoff


@dataclass(frozen=True)
class Split:
    """One row per stay on each side; the model could have been made at the cutoff."""

    train: pd.DataFrame
    test: pd.DataFrame
    cutoff: pd.Timestamp


def choose_cutoff(stays: pd.DataFrame) -> pd.Timestamp:
    """Return the discharge that has three quarters of the discharges up to it."""
    ordered = stays["predicted_at"].sort_values()
    return ordered.iloc[int(LEARNING_SHARE * (len(ordered) - 1))]


def split_at(stays: pd.DataFrame, cutoff: pd.Timestamp) -> Split:
    """Split as the model would have been trained at the cutoff.

    A stay teaches only if its whole window was over by then; discharges whose window
    the cutoff cuts are on neither side.
    """
    later = stays[stays["predicted_at"] > cutoff]
    test = later[later["patient_key"].map(is_drawn).astype(bool)]
    earlier = stays[stays["window_ends_at"] <= cutoff]
    train = earlier[~earlier["patient_key"].isin(test["patient_key"])]
    return Split(train, test, cutoff)


def is_drawn(patient_key: int) -> bool:
    """Return whether a patient is drawn for the test: the same in every run."""
    digest = hashlib.blake2b(str(patient_key).encode(), digest_size=8).digest()
    return int.from_bytes(digest) < TEST_SHARE * 2**64
