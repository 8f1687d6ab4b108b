"""The judgement of a model: measures with intervals, and the same by subgroup."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from models.intervals import intervals_of
from models.measures import Threshold, calibration_in_the_large, measures_of

THRESHOLDS = (0.1, 0.2, 0.3, 0.4)
# A group is judged from so many stays with and without an event; a smaller one would
# say more about chance, and about its members (CMS cell size policy: 11).
SMALLEST_GROUP = 11
TOO_FEW = "too few"


@dataclass(frozen=True)
class Scorecard:
    """What a model is worth on stays that it did not learn from."""

    measures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    thresholds: tuple[Threshold, ...]
    subgroups: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, judged: pd.DataFrame) -> "Scorecard":
        """Judge predictions: columns patient_key, outcome, predicted, and groups.

        Columns whose name begins with ``group_`` are judged group by group.

        Raises:
            OneClassError: only one outcome occurs.
        """
        outcome = judged["outcome"].to_numpy(int)
        predicted = judged["predicted"].to_numpy(float)
        return cls(
            measures=measures_of(outcome, predicted),
            intervals=intervals_of(judged),
            thresholds=tuple(
                Threshold.at(each, outcome, predicted) for each in THRESHOLDS
            ),
            subgroups=tuple(_subgroups(judged)),
        )

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain numbers and words."""
        return {
            "measures": {name: _plain(value) for name, value in self.measures.items()},
            "intervals_95": {
                name: [_plain(low), _plain(high)]
                for name, (low, high) in self.intervals.items()
            },
            "thresholds": [vars(each) for each in self.thresholds],
            "subgroups": [dict(each) for each in self.subgroups],
        }


def _subgroups(judged: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [name for name in judged if str(name).startswith("group_")]
    return [
        _judge_group(column.removeprefix("group_"), str(value), rows)
        for column in columns
        for value, rows in judged.groupby(column, sort=True)
    ]


def _judge_group(name: str, value: str, rows: pd.DataFrame) -> dict[str, Any]:
    outcome = rows["outcome"].to_numpy(int)
    predicted = rows["predicted"].to_numpy(float)
    events = int(outcome.sum())
    told: dict[str, Any] = {"group": name, "value": value}
    if min(events, len(rows) - events) < SMALLEST_GROUP:
        return {**told, "judgement": TOO_FEW}
    return {
        **told,
        "n": len(rows),
        "events": events,
        "prevalence": events / len(rows),
        "mean_predicted": float(predicted.mean()),
        "auroc": float(roc_auc_score(outcome, predicted)),
        "calibration_in_the_large_logit": _plain(
            calibration_in_the_large(outcome, predicted)
        ),
    }


def _plain(value: float) -> float | int | None:
    """Return a number that JSON has; not-a-number is none."""
    return (
        None if np.isnan(value) else (value if isinstance(value, int) else float(value))
    )
