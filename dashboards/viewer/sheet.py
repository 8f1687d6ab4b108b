"""The flowsheet as a grid: lines down, minutes across, results in each cell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd

from dashboards.chart.flags import with_flags
from dashboards.chart.result_words import numbered, worded
from dashboards.viewer.lines import Line
from pipelines.access.result_looks import reading_number


@dataclass(frozen=True)
class Sheet:
    """A grid of results. ``cells`` has those of a line at a minute, worst first.

    ``former`` has, by result, what it read before it was corrected; ``new`` the results
    that are new or changed since the last look.
    """

    lines: Sequence[Line]
    times: Sequence[pd.Timestamp]
    cells: Mapping[tuple[str, pd.Timestamp], Sequence[Any]]
    ranges: Mapping[str, str]
    former: Mapping[str, str]
    new: Collection[str]

    @property
    def days(self) -> list[tuple[date, int]]:
        """Return the days with how many of the columns each has, in their order."""
        grouped = groupby(self.times, key=lambda moment: moment.date())
        return [(day, len(list(times))) for day, times in grouped]

    @property
    def results(self) -> list[Any]:
        """Return all results of the grid."""
        return [result for results in self.cells.values() for result in results]


@dataclass(frozen=True)
class Shown:
    """Results in words with the keys of their lines, and what they read before."""

    results: pd.DataFrame
    former: Mapping[str, str]


def in_words(delivered: pd.DataFrame) -> pd.DataFrame:
    """Return results in the words and judgements of the chart."""
    return worded(with_flags(numbered(delivered)))


def sheet_of(
    lines: Sequence[Line],
    shown: Shown,
    new: Collection[str],
    *,
    is_newest_first: bool,
) -> Sheet:
    """Return the grid of results; lines without any result in it are left out."""
    results = shown.results
    ordered = results.assign(
        minute=results["collected_at"].dt.floor("min")
    ).sort_values(["flag_rank", "collected_at"], ascending=[True, False], kind="stable")
    cells: dict[tuple[str, pd.Timestamp], list[Any]] = {}
    for row in ordered.itertuples():
        cells.setdefault((row.line_key, row.minute), []).append(row)
    present = {key for key, _ in cells}
    times = sorted({minute for _, minute in cells}, reverse=is_newest_first)
    filled = [line for line in lines if line.key in present]
    ranges = _ranges(results)
    return Sheet(filled, times, cells, ranges, shown.former, frozenset(new))


def _ranges(results: pd.DataFrame) -> dict[str, str]:
    """Return the latest range of each line; that there are others is said."""
    told = {}
    ranged = results[results["shown_range"] != ""].sort_values("collected_at")
    for key, ranges in ranged.groupby("line_key")["shown_range"]:
        differs = "; ranges differ" if len(set(ranges)) > 1 else ""
        told[key] = f"{ranges.iloc[-1]}{differs}"
    return told


def readings_of(results: pd.DataFrame) -> dict[str, int]:
    """Return the number of each result's reading, by the key of the result."""
    return {
        key: reading_number(key, digest)
        for key, digest in zip(
            results["lab_result_key"], results["reading_hash"], strict=True
        )
    }
