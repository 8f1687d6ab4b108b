"""Vital signs as a flowsheet: a column for each time, newest first, a row per sign.

The early warning score NEWS2 stands on top with its band, and each sign with the points
that it adds. Points and bands are words and signs before they are colours.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import number_text, plain, time_text, unit_text

MOST_MOMENTS = 24
SCORE, LACKING = "NEWS2", "NEWS2 needs"
PRESSURE = "Blood pressure"
SYSTOLIC, DIASTOLIC = "Systolic blood pressure", "Diastolic blood pressure"
FLOW, SHARE = "Inhaled oxygen flow rate", "Inhaled oxygen concentration"
# Names for a narrow column, in the order in which a round is read.
SHORT = {
    "Respiratory rate": "Breaths",
    "Oxygen saturation": "Saturation",
    FLOW: "Oxygen",
    SHARE: "Oxygen share",
    PRESSURE: "Pressure",
    "Heart rate": "Pulse",
    "Level of consciousness": "Consciousness",
    "Body temperature": "Temperature",
    "Pain severity": "Pain",
}
POINTS_OF = {
    "Respiratory rate": "respiration_points",
    "Oxygen saturation": "saturation_points",
    FLOW: "oxygen_points",
    SHARE: "oxygen_points",
    PRESSURE: "systolic_points",
    "Heart rate": "pulse_points",
    "Level of consciousness": "consciousness_points",
    "Body temperature": "temperature_points",
}
# Of each band: its sign, the theme's colour of its words, and how grave it is.
BANDS = {
    "low": ("●", "green", 0),
    "low-medium": ("◆", "blue", 1),
    "medium": ("▲", "orange", 2),
    "high": ("▲▲", "red", 3),
}
NO_TOTAL = "○ no total"
# What a score lacks, for a cell; the line above the sheet says it in full.
BRIEF = {
    "respiration": "RR",
    "saturation": "SpO2",
    "air or oxygen": "O2",
    "systolic pressure": "BP",
    "consciousness": "ACVPU",
    "temperature": "temp",
    "an age; it is not known": "age",
    "16 years of age": "age 16",
}
WHY_NONE = {
    "age_unknown": "an age; it is not known",
    "too_young": "16 years of age",
}
# By points, and by how grave a band is; dark enough, or pale enough, to read on.
COLOURS = {
    1: "background-color: #FFF3C4; color: #1B2630",
    2: "background-color: #F5C08A; color: #1B2630",
    3: "background-color: #8A2F00; color: #FFFFFF",
}
LEGEND = (
    "In brackets: the points that a sign adds to NEWS2 (Royal College of Physicians "
    "2017); no bracket is no point, or no score. ● low 0 to 4 · ◆ low-medium: one sign "
    "alone has 3, urgent review on the ward · ▲ medium 5 and 6: urgent review · ▲▲ "
    "high from 7: emergency. Saturation is on scale 1: scale 2, for whom a clinician "
    "aims at 88 to 92 %, cannot be ordered here yet. Not made for expectant mothers."
)


def show_flowsheet(measured: pd.DataFrame, scores: pd.DataFrame) -> None:
    """Show the newest score in words, then the sheet."""
    for line in newest_lines(scores):
        st.markdown(line)
    moments = newest_moments(measured)
    sheet, points = sheet_of(measured, scores, moments)
    colours = points.map(lambda each: COLOURS.get(each, ""))
    st.dataframe(
        sheet.style.apply(lambda _: colours, axis=None),
        width="stretch",
        height=38 + 35 * len(sheet),
        row_height=35,
    )
    count = measured["measured_at"].nunique()
    if count > len(moments):
        st.caption(f"The newest {len(moments)} of {count} times; the charts show all.")
    st.caption(LEGEND)


def newest_lines(scores: pd.DataFrame) -> list[str]:
    """Return the newest score in words; where it has no total also the last that has.

    A set of observations that lacks something must not hide an alarm before it.
    """
    if scores.empty:
        return ["NEWS2: never worked out for this patient."]
    ordered = scores.sort_values("measured_at")
    newest, totals = ordered.iloc[-1], ordered.dropna(subset=["total_points"])
    if not pd.isna(newest.total_points):
        return [f"NEWS2: {_coloured(newest)}"]
    needs = f": needs {plain(lacking_text(newest))}"
    none = f"NEWS2: {NO_TOTAL}{needs} · {time_text(newest.measured_at)}"
    last = [f"Last total: {_coloured(each)}" for each in totals.tail(1).itertuples()]
    return [none, *last]


def _coloured(score: Any) -> str:
    colour = BANDS[score.band_code][1]
    return f":{colour}[**{score_text(score)}**] · {time_text(score.measured_at)}"


def score_text(score: Any) -> str:
    """Return a score with the sign and the word of its band."""
    if pd.isna(score.total_points):
        return NO_TOTAL
    return f"{BANDS[score.band_code][0]} {int(score.total_points)} {score.band_code}"


def lacking_text(score: Any) -> str:
    """Return what a score without a total lacks; empty where it has one."""
    if pd.isna(score.not_computed_reason):
        return ""
    return WHY_NONE.get(score.not_computed_reason) or str(score.missing_text)


def newest_moments(measured: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the newest times at which something was measured, newest first."""
    times = measured["measured_at"].drop_duplicates()
    return list(times.sort_values(ascending=False).head(MOST_MOMENTS))


def sheet_of(
    measured: pd.DataFrame, scores: pd.DataFrame, moments: Sequence[pd.Timestamp]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the texts of the cells, and beside them how grave each is, 0 to 3."""
    shown = measured[measured["measured_at"].isin(moments)]
    shown = shown.assign(
        sign=shown["vital_sign_name"].replace([SYSTOLIC, DIASTOLIC], PRESSURE)
    )
    names = sorted(shown["sign"].unique(), key=_place)
    by_moment = {each.measured_at: each for each in scores.itertuples()}
    cells = {
        _label(name, shown): [
            _cell(name, shown, moment, by_moment.get(moment)) for moment in moments
        ]
        for name in names
    }
    rows = {**_score_rows([by_moment.get(each) for each in moments]), **cells}
    titles = _titles(moments)
    return (
        pd.DataFrame([[text for text, _ in row] for row in rows.values()],
                     index=list(rows), columns=titles),
        pd.DataFrame([[grave for _, grave in row] for row in rows.values()],
                     index=list(rows), columns=titles),
    )  # fmt: skip


def _score_rows(scores: Sequence[Any]) -> dict[str, list[tuple[str, int]]]:
    """Return the row of the totals, and, where one lacks something, that of what."""
    if not any(scores):
        return {}
    totals = [
        (score_text(each), _gravity(each.band_code)) if each else ("", 0)
        for each in scores
    ]
    lacking = [(_brief(lacking_text(each)) if each else "", 0) for each in scores]
    rows = {SCORE: totals}
    return {**rows, LACKING: lacking} if any(text for text, _ in lacking) else rows


def _brief(lacking: str) -> str:
    return ", ".join(BRIEF.get(each, each) for each in lacking.split(", "))


def _gravity(band_code: str | None) -> int:
    return 0 if pd.isna(band_code) else BANDS[band_code][2]


def _cell(
    name: str, shown: pd.DataFrame, moment: pd.Timestamp, score: Any
) -> tuple[str, int]:
    here = shown[(shown["sign"] == name) & (shown["measured_at"] == moment)]
    if here.empty:
        return "", 0
    units = _units(name, shown)
    text = _pressure(here) if name == PRESSURE else _values(here, len(units) > 1)
    if name == FLOW and set(here["value_number"]) == {0.0}:
        text = "air"
    points = getattr(score, POINTS_OF[name]) if score and name in POINTS_OF else None
    if pd.isna(points) or not points:
        return text, 0
    return f"{text} (+{int(points)})", int(points)


def _values(here: pd.DataFrame, is_unit_told: bool) -> str:  # noqa: FBT001
    """Return the values of one sign at one time; several stand beside each other."""
    texts = [
        f"{_value(each)} {unit_text(each.unit)}".strip() if is_unit_told
        else _value(each)
        for each in here.itertuples()
    ]  # fmt: skip
    return " and ".join(dict.fromkeys(texts))


def _pressure(here: pd.DataFrame) -> str:
    """Return a pressure as 128/77, or each of its values where there are more."""
    high = here[here["vital_sign_name"] == SYSTOLIC]
    low = here[here["vital_sign_name"] == DIASTOLIC]
    told = [_values(each, is_unit_told=False) or "?" for each in (high, low)]
    return "/".join(told)


def _value(measured: Any) -> str:
    """Return the number in its standard unit, else what was delivered."""
    if pd.isna(measured.value_number):
        return str(measured.value_text or "?")
    return number_text(measured.value_number)


def _units(name: str, shown: pd.DataFrame) -> list[str]:
    return list(shown[shown["sign"] == name]["unit"].dropna().unique())


def _label(name: str, shown: pd.DataFrame) -> str:
    """Return the heading of a row, with the unit where there is one."""
    units = _units(name, shown)
    unit = unit_text(units[0]) if len(units) == 1 else ""
    return f"{SHORT.get(name, name)} {unit}".strip()


def _place(name: str) -> tuple[int, str]:
    order = [*SHORT]
    return (order.index(name) if name in order else len(order)), name


def _titles(moments: Sequence[pd.Timestamp]) -> list[str]:
    """Return a heading for each time; of two in one minute the later has a number."""
    titles: list[str] = []
    for moment in moments:
        title = time_text(moment)
        same = sum(each.startswith(title) for each in titles)
        titles.append(f"{title} ({same + 1})" if same else title)
    return titles
