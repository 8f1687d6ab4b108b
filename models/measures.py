"""How good predicted risks are: numbers of one set of outcomes and predictions.

Definitions as in scikit-learn and statsmodels; net benefit after Vickers, Med Decis
Making 2006;26:565.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
)

BINS = 10
NEVER_CERTAIN = 1e-12
STEPS, CLOSE_ENOUGH, LONGEST_STEP = 50, 1e-12, 5.0


class OneClassError(ValueError):
    """Only one outcome occurs, so nothing can be told apart."""


def measures_of(outcome: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Return the measures of a set.

    Raises:
        OneClassError: only one outcome occurs.
    """
    refuse_one_class(outcome)
    prevalence = float(outcome.mean())
    brier = brier_score_loss(outcome, predicted)
    base_brier = prevalence * (1 - prevalence)
    intercept, slope = calibration_line(outcome, predicted)
    return {
        "n": len(outcome),
        "events": int(outcome.sum()),
        "prevalence": prevalence,
        "mean_predicted": float(predicted.mean()),
        "observed_expected_ratio": prevalence / float(predicted.mean()),
        "auroc": roc_auc_score(outcome, predicted),
        "average_precision": average_precision_score(outcome, predicted),
        "brier": brier,
        "brier_of_base_rate": base_brier,
        "brier_scaled": 1 - brier / base_brier,
        "log_loss": log_loss(outcome, predicted),
        "calibration_in_the_large_logit": calibration_in_the_large(outcome, predicted),
        "calibration_intercept_with_slope": intercept,
        "calibration_slope": slope,
        "ece_10_equal_width": expected_calibration_error(outcome, predicted),
    }


def refuse_one_class(outcome: np.ndarray) -> None:
    """Refuse outcomes that are all alike.

    Raises:
        OneClassError: they are.
    """
    if not 0 < outcome.sum() < len(outcome):
        msg = f"all of {len(outcome)} outcomes are the same: nothing to judge"
        raise OneClassError(msg)


def calibration_in_the_large(outcome: np.ndarray, predicted: np.ndarray) -> float:
    """Return by how much risks are too low, as a logit; 0 is right."""
    design = np.ones((len(outcome), 1))
    return float(fit_logistic(design, outcome, offset=logits_of(predicted))[0])


def calibration_line(outcome: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Return intercept and slope of outcomes on predicted logits; 0 and 1 are right."""
    logits = logits_of(predicted)
    design = np.column_stack([np.ones(len(outcome)), logits])
    intercept, slope = fit_logistic(design, outcome, offset=np.zeros(len(outcome)))
    return float(intercept), float(slope)


def fit_logistic(
    design: np.ndarray, outcome: np.ndarray, offset: np.ndarray
) -> np.ndarray:
    """Return the coefficients of a plain logistic regression, by Newton's method.

    Without a penalty, which scikit-learn's would add; not a number where outcomes can
    be told apart without error, since no finite coefficients exist then.
    """
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        risk = expit(design @ weights + offset)
        curvature = design.T @ (design * (risk * (1 - risk))[:, None])
        try:
            step = np.linalg.solve(curvature, design.T @ (outcome - risk))
        except np.linalg.LinAlgError:
            break
        weights = weights + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if np.abs(step).max() < CLOSE_ENOUGH:
            return weights
    return np.full(design.shape[1], np.nan)


def expected_calibration_error(outcome: np.ndarray, predicted: np.ndarray) -> float:
    """Return the mean gap of predicted and observed in ten bins of equal width."""
    bins = np.minimum((predicted * BINS).astype(int), BINS - 1)
    gaps = [
        abs(outcome[bins == one].sum() - predicted[bins == one].sum())
        for one in np.unique(bins)
    ]
    return float(sum(gaps) / len(outcome))


@dataclass(frozen=True)
class Threshold:
    """What follows when all from a risk upwards are flagged."""

    threshold: float
    sensitivity: float
    specificity: float
    ppv: float | None
    flagged: float
    net_benefit: float
    net_benefit_treat_all: float

    @classmethod
    def at(
        cls, threshold: float, outcome: np.ndarray, predicted: np.ndarray
    ) -> "Threshold":
        """Judge one threshold."""
        is_event, is_flagged = outcome == 1, predicted >= threshold
        hits = int((is_event & is_flagged).sum())
        false_alarms = int((~is_event & is_flagged).sum())
        events, n = int(is_event.sum()), len(outcome)
        weight = threshold / (1 - threshold)
        return cls(
            threshold=threshold,
            sensitivity=hits / events,
            specificity=1 - false_alarms / (n - events),
            ppv=hits / (hits + false_alarms) if hits + false_alarms else None,
            flagged=(hits + false_alarms) / n,
            net_benefit=hits / n - false_alarms / n * weight,
            net_benefit_treat_all=events / n - (n - events) / n * weight,
        )


def logits_of(predicted: np.ndarray) -> np.ndarray:
    """Return logits; a prediction of exactly 0 or 1 counts as nearly so."""
    return logit(np.clip(predicted, NEVER_CERTAIN, 1 - NEVER_CERTAIN))
