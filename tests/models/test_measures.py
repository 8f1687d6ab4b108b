"""Measures against values that scikit-learn, statsmodels and dcurves agree on."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.intervals import auroc, intercept_alone, slope
from models.measures import OneClassError, Threshold, logits_of, measures_of

TOLERANCE = 1e-9
AT_THRESHOLD = (
    "net_benefit_treat_all", "net_benefit", "sensitivity", "specificity", "ppv",
    "flagged",
)  # fmt: skip


@pytest.fixture(scope="module")
def expected(shared_clinical: Path) -> list[tuple[str, str, float]]:
    path = shared_clinical / "vectors" / "model_report_expected.csv"
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return [(row["group"], row["metric"], float(row["value"])) for row in rows]


@pytest.fixture(scope="module")
def groups(shared_clinical: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rows = pd.read_csv(shared_clinical / "vectors" / "model_report_rows.csv")
    parts = {"all": rows} | {str(name): part for name, part in rows.groupby("group")}
    return {
        name: (part["outcome"].to_numpy(), part["predicted"].to_numpy())
        for name, part in parts.items()
    }


def value_of(metric: str, outcome: np.ndarray, predicted: np.ndarray) -> float:
    """Return a measure by the name that the vectors give it."""
    name, _, threshold = metric.rpartition("_")
    if name in AT_THRESHOLD:
        return getattr(Threshold.at(float(threshold), outcome, predicted), name)
    return measures_of(outcome, predicted)[metric]


@pytest.mark.shared_data
def test_every_measure_is_that_of_the_vectors(expected, groups) -> None:
    compared = 0
    for group, metric, value in expected:
        if group in groups:
            assert value_of(metric, *groups[group]) == pytest.approx(
                value, abs=TOLERANCE
            ), (group, metric)
            compared += 1
    assert compared == 114


@pytest.mark.shared_data
def test_differences_of_groups_are_those_of_the_vectors(expected, groups) -> None:
    differences = [
        (metric.removesuffix("_difference"), value)
        for group, metric, value in expected
        if group == "A-B"
    ]
    for metric, value in differences:
        sign = 1
        if metric.startswith("false_positive_rate"):
            metric, sign = metric.replace("false_positive_rate", "specificity"), -1  # noqa: PLW2901
        found = value_of(metric, *groups["A"]) - value_of(metric, *groups["B"])
        assert sign * found == pytest.approx(value, abs=TOLERANCE), metric
    assert len(differences) == 6


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_outcome_alone_is_refused(outcome: int) -> None:
    with pytest.raises(OneClassError, match="all of 5 outcomes"):
        measures_of(np.full(5, outcome), np.linspace(0.1, 0.9, 5))


def test_what_can_be_told_apart_without_error_has_no_slope() -> None:
    found = measures_of(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9]))

    assert found["auroc"] == 1
    assert np.isnan(found["calibration_slope"])


def test_weighted_draws_agree_with_the_measures_themselves() -> None:
    rng = np.random.default_rng(2)
    predicted = np.sort(rng.uniform(0.05, 0.6, 300)).round(2)
    outcome = (rng.random(300) < predicted).astype(float)
    weights = rng.integers(0, 4, (3, 300)).astype(float)

    for draw in weights:
        rows = np.repeat(np.arange(300), draw.astype(int))
        whole = measures_of(outcome[rows], predicted[rows])
        one = draw[None, :]
        logits = logits_of(predicted)
        assert auroc(one, outcome, predicted)[0] == pytest.approx(whole["auroc"])
        assert slope(one, outcome, logits)[0] == pytest.approx(
            whole["calibration_slope"]
        )
        assert intercept_alone(one, outcome, logits)[0] == pytest.approx(
            whole["calibration_in_the_large_logit"]
        )
