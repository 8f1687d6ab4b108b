"""What a trend must say, worked out by scipy, numpy and fractions, not by SQL."""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np
from scipy import stats

DAY = timedelta(days=1)
YEAR = 365.25
SLOPE = ("slope_per_year", "slope_low_per_year", "slope_high_per_year")
REFERENCE_CHANGES = {"2823-3": Fraction("12.81")}
DEFAULT_RANGES = {"2823-3": (Fraction("3.5"), Fraction("5.0"))}
CRITICAL = {"2823-3": (Fraction("2.8"), Fraction("6.2"))}
Range = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True)
class Drawn:
    """One result as it is delivered: final, and a bare number, if ``counts``."""

    patient: int
    analyte: str
    unit: str
    material: str
    at: datetime
    value: str
    limits: tuple[str, str]
    counts: bool = True

    @property
    def series(self) -> tuple[int, str, str, str]:
        material = "urine" if self.material == "Urine" else ""
        return self.patient, self.analyte, self.unit, material

    @property
    def range(self) -> Range | None:
        """Return the range that applies: delivered, else of adults in the unit.

        None where a number on the side without a limit is critical all the same.
        """
        low, high = (Fraction(each) if each else None for each in self.limits)
        is_kept = self.unit == "mmol/L" and self.material != "Urine"
        if (low, high) == (None, None):
            return DEFAULT_RANGES.get(self.analyte) if is_kept else None
        lowest, highest = CRITICAL.get(self.analyte, (None, None))
        if lowest is None or highest is None or not is_kept:
            return low, high
        value = Fraction(self.value)
        is_critical = (low is None and value < lowest) or (
            high is None and value > highest
        )
        return None if is_critical else (low, high)


@dataclass(frozen=True)
class Point:
    """The number of one time; none where two differ."""

    at: datetime
    value: Fraction | None
    range: Range | None


def trends_of(results: Iterable[Drawn]) -> dict[tuple, dict[str, object]]:
    """Return what is expected of each trend."""
    of_series = defaultdict(list)
    for each in results:
        if each.counts:
            of_series[each.series].append(each)
    return {series: _trend(series, drawn) for series, drawn in of_series.items()}


def _trend(series: tuple, drawn: list[Drawn]) -> dict[str, object]:
    points = _points(drawn)
    return {
        "result_count": len(drawn),
        **_line(series, points),
        **_change(series, points),
        **_time_in_range(series, points),
    }


def _points(drawn: list[Drawn]) -> list[Point]:
    of_time = defaultdict(list)
    for each in drawn:
        of_time[each.at].append(each)
    return [
        Point(at, _only({Fraction(e.value) for e in those}), _only(_ranges(those)))
        for at, those in sorted(of_time.items())
    ]


def _ranges(those: list[Drawn]) -> set[Range | None]:
    return {each.range for each in those}


def _only(found: set) -> object:
    return next(iter(found)) if len(found) == 1 else None


def _line(series: tuple, points: list[Point]) -> dict[str, object]:
    known = [each for each in points if each.value is not None]
    days = len({each.at.date() for each in known})
    span = known[-1].at - known[0].at if known else timedelta(0)
    reason = _reason(series, days, span, 3, 90)
    line: dict[str, object] = {
        "point_count": len(known),
        "day_count": days,
        "slope_missing_reason": reason,
        **dict.fromkeys(
            ("slope_per_year", "slope_low_per_year", "slope_high_per_year")
        ),
    }
    if reason is None:
        line |= _slope(known)
    return line | _forecast(known, _reason(series, days, span, 6, 180))


def _reason(
    series: tuple, days: int, span: timedelta, least_days: int, least_span: int
) -> str | None:
    if series[2] == "":
        return "unit_missing"
    if days < least_days:
        return "too_few_results"
    return "too_short" if span < least_span * DAY else None


def _slope(known: list[Point]) -> dict[str, float]:
    years = [(each.at - known[0].at) / DAY / YEAR for each in known]
    line = stats.linregress(years, [float(each.value) for each in known])
    half = stats.t.ppf(0.975, len(known) - 2) * line.stderr
    told = (line.slope, line.slope - half, line.slope + half)
    return dict(zip(SLOPE, told, strict=True))


def _forecast(known: list[Point], reason: str | None) -> dict[str, object]:
    names = ("forecast_value", "forecast_low", "forecast_high", "forecast_at")
    nothing = dict.fromkeys(names) | {"forecast_missing_reason": reason}
    if reason:
        return nothing
    days = [(each.at - known[0].at) / DAY for each in known]
    design = np.array([[1.0, day] for day in days])
    values = np.array([float(each.value) for each in known])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ values
    residuals = values - design @ coefficients
    variance = residuals @ residuals / (len(known) - 2)
    ahead = np.array([1.0, days[-1] + 90])
    expected = ahead @ coefficients
    half = stats.t.ppf(0.975, len(known) - 2) * np.sqrt(
        variance * (1 + ahead @ inverse @ ahead)
    )
    if expected < 0:
        return nothing | {"forecast_missing_reason": "below_zero"}
    told = (expected, max(expected - half, 0), expected + half, known[-1].at + 90 * DAY)
    return dict(zip(names, told, strict=True)) | {"forecast_missing_reason": None}


def _change(series: tuple, points: list[Point]) -> dict[str, object]:
    latest = points[-1]
    earlier = [
        each
        for each in points[:-1]
        if each.value is not None and latest.at - each.at <= 365 * DAY
    ]
    reason = None
    if series[2] == "":
        reason = "unit_missing"
    elif latest.value is None:
        reason = "latest_contradictory"
    elif len({each.at.date() for each in earlier}) < 3:
        reason = "too_few_results"
    limit = None if series[3] else REFERENCE_CHANGES.get(series[1])
    told: dict[str, object] = {
        "baseline_count": len(earlier),
        "baseline_missing_reason": reason,
        "baseline_value": None,
        "change_from_baseline_percent": None,
        "is_significant_change": None,
        "significance_missing_reason": reason
        or (None if limit else "no_known_variation"),
    }
    if reason is None:
        baseline = statistics.median(each.value for each in earlier)
        change = (latest.value - baseline) * 100 / baseline
        told["baseline_value"] = float(baseline)
        told["change_from_baseline_percent"] = float(change)
        told["is_significant_change"] = abs(change) > limit if limit else None
    return told


def _time_in_range(series: tuple, points: list[Point]) -> dict[str, object]:
    counted = inside = Fraction(0)
    for one, other in pairwise(points):
        length = other.at - one.at
        is_known = None not in (one.value, other.value)
        if is_known and one.range == other.range and length <= 56 * DAY:
            seconds = Fraction(length / timedelta(seconds=1))
            counted += seconds
            inside += seconds * _share(one, other) if one.range else 0
    reason = None
    if series[2] == "":
        reason = "unit_missing"
    elif any(each.value is not None and each.range is None for each in points):
        reason = "no_range"
    elif counted < 28 * 86400:
        reason = "too_little_time"
    return {
        "time_in_range_missing_reason": reason,
        "time_in_range_share": None if reason else float(inside / counted),
        "time_in_range_days": None if reason else float(counted / 86400),
    }


def _share(one: Point, other: Point) -> Fraction:
    """Return the share of the straight line between two points that is in range."""
    low, high = one.range
    start, end = sorted((one.value, other.value))
    if start == end:
        is_inside = (low is None or start >= low) and (high is None or start <= high)
        return Fraction(is_inside)
    bottom = start if low is None else max(start, low)
    top = end if high is None else min(end, high)
    return max(top - bottom, Fraction(0)) / (end - start)
