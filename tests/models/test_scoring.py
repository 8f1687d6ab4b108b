"""Risks of single stays: reasons that add up, and a word where too little is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from models.features import FEATURES, NAMES, shaped, widened
from models.leakage import LeakageError
from models.readmission import Trained, predict, train
from models.scoring import FEWEST_KNOWN, contributions, score
from tests.models.made_up import FIRST_DAY, USUAL, features_of, hospital

ONE = pd.DataFrame(
    {
        "stay_key": ["a:1"],
        "patient_key": [1],
        "predicted_at": [FIRST_DAY],
        "window_ends_at": [FIRST_DAY + pd.Timedelta(days=30)],
    }
)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(*hospital())


def scored(trained: Trained, **values: float) -> pd.Series:
    """Return what is said of one stay that is usual but for some values."""
    wide = pd.DataFrame([USUAL | values], index=ONE["stay_key"])
    features = features_of(ONE, wide)
    return score(trained.model, ONE, features, trained.base_rate).loc["a:1"]


def reasons(row: pd.Series) -> list[tuple[str, str, str]]:
    return [
        tuple(row[f"reason_{number}_{part}"] for part in ("name", "value", "effect"))
        for number in (1, 2, 3)
    ]


def test_what_moved_the_risk_most_is_told_in_words(trained: Trained) -> None:
    row = scored(trained, earlier_stays_count=4, haemoglobin=8.04)

    assert row["status_code"] == "scored"
    assert row["risk"] > 2 * trained.base_rate
    assert {
        ("Hospital stays in the year before", "4", "raises"),
        ("Last hemoglobin of the stay", "8.0 g/dL", "raises"),
    } == set(reasons(row)[:2])


def test_what_lowers_the_risk_is_told_too(trained: Trained) -> None:
    row = scored(trained, earlier_stays_count=0, haemoglobin=14)

    assert row["risk"] < trained.base_rate
    assert ("Hospital stays in the year before", "0", "lowers") in reasons(row)


def test_the_moves_of_all_features_add_up_to_the_risk(trained: Trained) -> None:
    cohort, features = hospital(stays=200, patients=200)
    wide = widened(features, pd.Index(cohort["stay_key"]))

    moved = contributions(trained.model, wide)
    rest = logit(predict(trained.model, shaped(wide))) - moved.sum(axis=1)

    assert list(moved.columns) == list(NAMES)
    assert np.ptp(rest) < 1e-9  # the same for everybody: the average stay


def test_the_average_training_stay_is_moved_by_nothing(trained: Trained) -> None:
    cohort, features = hospital()
    wide = widened(features, pd.Index(cohort["stay_key"]))

    assert contributions(trained.model, wide).mean().abs().max() < 0.05


@pytest.mark.parametrize(
    ("known", "status"),
    [(FEWEST_KNOWN, "scored"), (FEWEST_KNOWN - 1, "not_enough_data")],
)
def test_too_few_known_features_are_not_enough(
    trained: Trained, known: int, status: str
) -> None:
    unknown = dict.fromkeys(NAMES[known:], np.nan)

    row = scored(trained, **unknown)

    assert row["status_code"] == status
    assert pd.isna(row["risk"]) == (status != "scored")
    assert pd.isna(row["reason_1_name"]) == (status != "scored")


def test_without_an_age_there_is_no_risk(trained: Trained) -> None:
    assert scored(trained, age_years=np.nan)["status_code"] == "not_enough_data"


def test_a_model_that_is_not_shown_says_nothing() -> None:
    wide = pd.DataFrame([USUAL], index=ONE["stay_key"])

    row = score(None, ONE, features_of(ONE, wide), 0.1).loc["a:1"]

    assert row["status_code"] == "model_not_shown"
    assert row[["risk", "reason_1_name", "reason_1_value"]].isna().all()


def test_a_feature_known_after_discharge_stops_the_scoring(trained: Trained) -> None:
    wide = pd.DataFrame([USUAL], index=ONE["stay_key"])
    features = features_of(ONE, wide)
    features.loc[0, "known_from"] = FIRST_DAY + pd.Timedelta(seconds=1)

    with pytest.raises(LeakageError):
        score(trained.model, ONE, features, 0.1)


def test_the_latest_knowledge_behind_a_risk_is_told(trained: Trained) -> None:
    row = scored(trained)

    assert row["features_known_until"] == FIRST_DAY - pd.Timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("length_of_stay_days", 1.0, "1 day"),
        ("length_of_stay_days", 12.0, "12 days"),
        ("adherence_share", 0.604, "60 %"),
        ("is_female", 0.0, "male"),
        ("is_planned", 1.0, "arranged beforehand"),
        ("sodium", 133.0, "133 mmol/L"),
        ("creatinine", float("nan"), "not known"),
    ],
)
def test_values_are_told_with_their_unit(name: str, value: float, told: str) -> None:
    (feature,) = (each for each in FEATURES if each.name == name)

    assert feature.told(value) == told


def test_shapes_keep_the_unknown_and_hold_at_their_limits() -> None:
    wide = pd.DataFrame(
        {
            name: [np.nan, limit, beyond]
            for name, limit, beyond in (
                *((name, 1.0, 1.0) for name in NAMES),
                ("haemoglobin", 12.0, 11.0),
                ("sodium", 135.0, 134.9),
                ("length_of_stay_days", 5.0, 4.0),
                ("earlier_stays_count", 5.0, 6.0),
            )
        }
    )

    columns = shaped(wide)

    assert columns.iloc[0].isna().all()
    assert columns["anaemia"].tolist()[1:] == [0, 1]
    assert columns["low_sodium"].tolist()[1:] == [0, 1]
    assert columns["long_stay"].tolist()[1:] == [1, 0]
    assert columns["earlier_stays"].tolist()[1:] == [5, 5]
