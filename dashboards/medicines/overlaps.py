"""Alerts about medicines on the lanes of both, with sign and word."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from dashboards.chart.medication_alerts import CONTRAINDICATED, MAJOR, about
from dashboards.chart.words import capitalised

GRAVE = (CONTRAINDICATED, MAJOR)
SIGNS = {CONTRAINDICATED: "!!", MAJOR: "!"}
COLUMNS = ["lane", "severity", "began_at", "ended_at", "told"]


def overlaps_of(alerts: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """Return the grave alerts of each lane, the gravest first, up to today at most."""
    begun = alerts[alerts["began_at"] <= today]
    rows = [
        {
            "lane": capitalised(lane),
            "severity": row.severity_code,
            "began_at": row.began_at,
            "ended_at": min(row.ended_at, today),
            "told": f"{SIGNS[row.severity_code]} {row.severity_code}: {what}",
        }
        for row in begun.itertuples()
        if row.severity_code in GRAVE
        for lane, what in _lanes(row)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def strips_of(overlaps: pd.DataFrame) -> pd.DataFrame:
    """Return one strip per lane and unbroken time, with all that it stands for.

    It is told by its gravest alert, and how many there are beside it.
    """
    strips: list[dict[str, Any]] = []
    for lane, of_lane in overlaps.groupby("lane", sort=False):
        ordered = of_lane.sort_values(["began_at", "ended_at"])
        is_new = ordered["began_at"] > ordered["ended_at"].cummax().shift()
        for _, strip in ordered.groupby(is_new.cumsum()):
            by_grade = strip.sort_values("severity", key=_grade, kind="stable")
            told = list(dict.fromkeys(by_grade["told"]))
            more = f" and {len(told) - 1} more" if len(told) > 1 else ""
            strips.append(
                {
                    "lane": lane,
                    "severity": by_grade["severity"].iloc[0],
                    "began_at": strip["began_at"].min(),
                    "ended_at": strip["ended_at"].max(),
                    "told": f"{told[0]}{more}",
                    "all": "; ".join(told),
                }
            )
    return pd.DataFrame(strips, columns=[*COLUMNS, "all"])


def _grade(severities: pd.Series) -> pd.Series:
    return severities.map(GRAVE.index)


def _lanes(alert: Any) -> Iterator[tuple[str, str]]:
    """Return each medicine that an alert is about, with what it is told there."""
    first, second = alert.first_ingredient_name, alert.second_ingredient_name
    both = isinstance(first, str) and isinstance(second, str)
    for lane, other in ((first, second), (second, first)):
        if isinstance(lane, str):
            yield lane, f"with {other}" if both else about(alert)
