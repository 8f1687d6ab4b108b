"""A hospital with known odds: the model finds them, and says so of itself."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from models.features import shaped, widened
from models.leakage import LeakageError
from models.readmission import (
    FEWEST_EVENTS,
    TooLittleToLearnError,
    Trained,
    age_band,
    predict,
    train,
    why_not_shown,
)
from models.scorecard import Scorecard
from models.splitting import Split
from tests.models.made_up import cohort_of, features_of, hospital, true_risk, values_of


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(*hospital())


def unseen(trained: Trained) -> tuple[pd.DataFrame, np.ndarray]:
    """Return values and predictions of another, larger hospital of the same kind."""
    cohort = cohort_of(20_000, 20_000, seed=77)
    wide = values_of(cohort, seed=78)
    return wide, predict(trained.model, shaped(wide))


def test_known_odds_come_back_within_their_intervals(trained: Trained) -> None:
    wide, predicted = unseen(trained)
    truth = true_risk(wide)
    drawn = np.random.default_rng(1).random(len(truth)) < truth
    card = trained.scorecard

    low, high = card.intervals["auroc"]
    assert low <= roc_auc_score(drawn, truth) <= high
    low, high = card.intervals["calibration_slope"]
    assert low <= 1 <= high
    low, high = card.intervals["calibration_in_the_large_logit"]
    assert low <= 0 <= high
    assert np.abs(predicted - truth).mean() < 0.03


def test_outcomes_coded_the_wrong_way_round_are_caught() -> None:
    cohort, features = hospital()
    later = cohort["predicted_at"] > cohort["predicted_at"].quantile(0.75)
    cohort.loc[later, "is_readmitted"] = ~cohort.loc[later, "is_readmitted"]

    card = train(cohort, features).scorecard

    _, high = card.intervals["calibration_slope"]
    assert high < 1
    assert card.measures["auroc"] < 0.5
    assert why_not_shown(FEWEST_EVENTS, card)


def test_risks_that_are_too_high_throughout_are_caught() -> None:
    card = Scorecard.of(judged(shift=1.0))

    _, high = card.intervals["calibration_in_the_large_logit"]
    assert high < 0


def judged(shift: float = 0.0) -> pd.DataFrame:
    """Return predictions that are right but for a shift of the logit."""
    rng = np.random.default_rng(3)
    logit = rng.normal(-1.5, 1, 2_000)
    return pd.DataFrame(
        {
            "patient_key": np.arange(2_000),
            "outcome": rng.random(2_000) < 1 / (1 + np.exp(-logit)),
            "predicted": 1 / (1 + np.exp(-(logit + shift))),
        }
    )


def test_two_runs_give_the_same_scores_bit_by_bit(trained: Trained) -> None:
    cohort, features = hospital()
    shuffled = features.sample(frac=1, random_state=9)
    again = train(cohort.sample(frac=1, random_state=9), shuffled)

    _, once = unseen(trained)
    _, twice = unseen(again)

    assert once.tobytes() == twice.tobytes()
    assert trained.scorecard == again.scorecard


def test_a_planted_feature_of_the_next_stay_is_refused() -> None:
    cohort, features = hospital(stays=400, patients=300)
    planted = features.iloc[[0]].assign(
        feature_name="length_of_next_stay",
        known_from=features["predicted_at"].iloc[0] + pd.Timedelta(days=20),
    )

    with pytest.raises(LeakageError, match="length_of_next_stay"):
        train(cohort, pd.concat([features, planted]))


def test_a_patient_in_both_splits_stops_the_training(monkeypatch) -> None:
    monkeypatch.setattr(
        "models.readmission.split_at",
        leaky_split,
    )

    with pytest.raises(LeakageError, match="in both training and test"):
        train(*hospital(stays=400, patients=100))


def leaky_split(stays: pd.DataFrame, cutoff: pd.Timestamp) -> Split:
    """Return a split by time alone, as most make it."""
    return Split(
        stays[stays["window_ends_at"] <= cutoff],
        stays[stays["predicted_at"] > cutoff],
        cutoff,
    )


def test_the_model_never_saw_a_patient_it_is_judged_on(trained: Trained) -> None:
    assert trained.training_stays + trained.test_stays < 4_000
    assert trained.test_stays == trained.scorecard.measures["n"]
    assert trained.test_events == trained.scorecard.measures["events"]
    assert trained.base_rate == trained.training_events / trained.training_stays


def test_nothing_to_learn_from_is_said() -> None:
    cohort, features = hospital(stays=300, patients=200)

    with pytest.raises(TooLittleToLearnError, match="no stay"):
        train(cohort.iloc[:0], features.iloc[:0])
    with pytest.raises(TooLittleToLearnError, match="too few stays"):
        train(cohort.assign(is_readmitted=False), features)


def test_a_model_is_shown_from_two_hundred_events_on(trained: Trained) -> None:
    assert "199 readmissions; it needs 200" in why_not_shown(199, trained.scorecard)
    assert why_not_shown(200, trained.scorecard) is None
    assert "no later stays" in why_not_shown(200, None)


def test_a_model_no_better_than_chance_or_too_good_is_not_shown(
    trained: Trained,
) -> None:
    card = trained.scorecard
    chance = dataclasses.replace(
        card, intervals={**card.intervals, "auroc": (0.5, 0.8)}
    )
    too_good = dataclasses.replace(card, measures={**card.measures, "auroc": 0.951})

    assert "better than chance" in why_not_shown(200, chance)
    assert "too good to be true" in why_not_shown(200, too_good)


def test_groups_are_judged_and_small_ones_are_not(trained: Trained) -> None:
    groups = {
        (each["group"], each["value"]): each for each in trained.scorecard.subgroups
    }

    assert set(groups) == {
        ("sex", "female"),
        ("sex", "male"),
        *(("age", band) for band in ("18-49", "50-64", "65-79", "80 and over")),
    }
    assert (
        groups["sex", "female"]["n"] + groups["sex", "male"]["n"] == trained.test_stays
    )
    rows = judged().assign(group_size="small")
    rows.loc[rows.index[:300], "group_size"] = "large"
    events = rows.index[(rows["group_size"] == "small") & (rows["outcome"] == 1)]
    assert small_group(rows.drop(events[11:]))["events"] == 11
    few = small_group(rows.drop(events[10:]))
    assert few == {"group": "size", "value": "small", "judgement": "too few"}


def small_group(rows: pd.DataFrame) -> dict:
    return dict(Scorecard.of(rows).subgroups[1])


@pytest.mark.parametrize(
    ("age", "band"),
    [(18, "18-49"), (49, "18-49"), (50, "50-64"), (65, "65-79"), (80, "80 and over")],
)
def test_bands_of_age_begin_with_their_first_year(age: int, band: str) -> None:
    assert age_band(age) == band


def test_intervals_are_wider_where_stays_of_one_patient_repeat_each_other() -> None:
    rows = judged().iloc[:400]
    repeated = pd.concat([rows] * 5)

    width = {
        name: np.diff(Scorecard.of(each).intervals["auroc"])[0]
        for name, each in (
            ("same patients", repeated),
            ("as if others", repeated.assign(patient_key=range(len(repeated)))),
        )
    }

    assert width["same patients"] > 1.7 * width["as if others"]


def test_a_scorecard_is_plain_json(trained: Trained) -> None:
    told = trained.scorecard.as_json()

    assert told["measures"]["n"] == trained.test_stays
    assert [each["threshold"] for each in told["thresholds"]] == [0.1, 0.2, 0.3, 0.4]


def test_the_order_of_features_and_stays_is_the_models_own() -> None:
    cohort = cohort_of(5, 5, seed=1)
    features = features_of(cohort, values_of(cohort, seed=2))

    wide = widened(features.sample(frac=1, random_state=1), pd.Index(["a:00003"]))

    assert wide.index.tolist() == ["a:00003"]
    assert wide.columns[0] == "age_years"
