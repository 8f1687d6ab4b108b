"""95 % intervals by drawing patients with replacement: stays of one are alike.

A drawn patient is a weight on its stays, so that all draws are computed at once.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import expit

from models.measures import logits_of

REPEATS = 500
SEED = 20_261_123
INTERVAL = (2.5, 97.5)
CELLS_AT_ONCE = 2_000_000  # draws times stays; about 16 megabytes a matrix
STEPS, LONGEST_STEP, CLOSE_ENOUGH = 30, 5.0, 1e-9

Intervals = dict[str, tuple[float, float]]


def intervals_of(judged: pd.DataFrame, repeats: int = REPEATS) -> Intervals:
    """Return intervals of AUROC, calibration in the large and calibration slope.

    ``judged`` has columns patient_key, outcome and predicted. Draws in which only one
    outcome occurs, or no slope exists, are left out.
    """
    ordered = judged.sort_values("predicted", kind="stable")
    outcome = ordered["outcome"].to_numpy(float)
    predicted = ordered["predicted"].to_numpy(float)
    logits = logits_of(predicted)
    drawn = [
        np.column_stack(
            [
                auroc(weights, outcome, predicted),
                intercept_alone(weights, outcome, logits),
                slope(weights, outcome, logits),
            ]
        )
        for weights in draws_of(ordered["patient_key"], repeats)
    ]
    low, high = np.nanpercentile(np.concatenate(drawn), INTERVAL, axis=0)
    names = ("auroc", "calibration_in_the_large_logit", "calibration_slope")
    return {
        name: (float(low[place]), float(high[place]))
        for place, name in enumerate(names)
    }


def draws_of(patient_keys: pd.Series, repeats: int) -> Iterator[np.ndarray]:
    """Yield matrices of how often each draw (row) took each stay (column)."""
    rng = np.random.default_rng(SEED)
    codes, patients = pd.factorize(patient_keys, sort=True)
    chunk = max(1, CELLS_AT_ONCE // len(codes))
    shares = np.full(len(patients), 1 / len(patients))
    for begin in range(0, repeats, chunk):
        size = min(chunk, repeats - begin)
        counts = rng.multinomial(len(patients), shares, size=size)
        yield counts[:, codes].astype(float)


def auroc(
    weights: np.ndarray, outcome: np.ndarray, predicted: np.ndarray
) -> np.ndarray:
    """Return the AUROC of each draw; stays are in order of their prediction."""
    starts = np.flatnonzero(np.r_[True, predicted[1:] != predicted[:-1]])
    events = np.add.reduceat(weights * outcome, starts, axis=1)
    others = np.add.reduceat(weights * (1 - outcome), starts, axis=1)
    # An event beats the others below it, and half of those at the same prediction.
    beaten = others.cumsum(axis=1) - others / 2
    pairs = events.sum(axis=1) * others.sum(axis=1)
    return np.divide(
        (events * beaten).sum(axis=1),
        pairs,
        out=np.full(len(weights), np.nan),
        where=pairs > 0,
    )


def intercept_alone(
    weights: np.ndarray, outcome: np.ndarray, logits: np.ndarray
) -> np.ndarray:
    """Return the calibration in the large of each draw."""
    found = np.zeros(len(weights))
    for _ in range(STEPS):
        risk = expit(logits + found[:, None])
        gradient = (weights * (outcome - risk)).sum(axis=1)
        curvature = (weights * risk * (1 - risk)).sum(axis=1)
        step = _bounded(gradient, curvature)
        found = found + step
        if np.nanmax(np.abs(step), initial=0) < CLOSE_ENOUGH:
            break
    return np.where(np.abs(step) < CLOSE_ENOUGH, found, np.nan)


def slope(weights: np.ndarray, outcome: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Return the calibration slope of each draw, by Newton's method."""
    intercepts, slopes = np.zeros(len(weights)), np.ones(len(weights))
    for _ in range(STEPS):
        risk = expit(intercepts[:, None] + slopes[:, None] * logits)
        rest = weights * (outcome - risk)
        spread = weights * risk * (1 - risk)
        first, second = rest.sum(axis=1), rest @ logits
        one, cross, square = spread.sum(axis=1), spread @ logits, spread @ logits**2
        determinant = one * square - cross * cross
        step = _bounded(one * second - cross * first, determinant)
        intercepts = intercepts + _bounded(square * first - cross * second, determinant)
        slopes = slopes + step
        if np.nanmax(np.abs(step), initial=0) < CLOSE_ENOUGH:
            break
    return np.where(np.abs(step) < CLOSE_ENOUGH, slopes, np.nan)


def _bounded(dividend: np.ndarray, divisor: np.ndarray) -> np.ndarray:
    """Return a step that is never too long; not a number where there is none."""
    step = np.divide(
        dividend, divisor, out=np.full(len(dividend), np.nan), where=divisor > 0
    )
    return np.clip(step, -LONGEST_STEP, LONGEST_STEP)
