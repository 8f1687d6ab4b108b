"""Laboratory results: what is new and abnormal first, then the trend of one analyte."""

import pandas as pd
import streamlit as st

from dashboards.chart.course import in_unit, show_course
from dashboards.chart.flags import ABNORMAL, with_flags
from dashboards.chart.picking import picking, show_pickable
from dashboards.chart.result_words import numbered, worded
from dashboards.chart.trend import drawable, trend_chart
from dashboards.chart.words import date_text, plain

MOST_TOLD = 6
KEY = "lab_result_key"
# A critical value of last year must not head this morning's list as if it were new.
RECENT = pd.DateOffset(days=30)
PERIODS = {
    "All": None,
    "5 years": pd.DateOffset(years=5),
    "1 year": pd.DateOffset(years=1),
    "3 months": pd.DateOffset(months=3),
}
TABLE = {
    "collected_text": "Collected",
    "flagged_value": "Result",
    "shown_range": "Range",
    "judgement": "Judgement",
    "note": "Note",
    "seen_by": "Acknowledged",
    "shown_laboratory_flag": "Lab flag",
    "shown_basis": "Range from",
}
# Left out where they say nothing of any result.
WHERE_TOLD = ("note", "seen_by", "shown_laboratory_flag")


NONE_DELIVERED = "No laboratory result has been delivered for this patient."


def show_results(
    delivered: pd.DataFrame,
    trends: pd.DataFrame,
    as_of: pd.Timestamp,
    nothing: str = NONE_DELIVERED,
) -> str | None:
    """Show the picker, the trend and the table of one analyte's results.

    Returns the key of the result whose point somebody chose in the trend.
    ``trends`` says what all results of a test amount to, whatever the period shown.
    ``as_of`` is the source's today: it tells this month's results from old ones.
    ``nothing`` is said where there is none.
    """
    st.subheader("Laboratory results", anchor=False)
    if delivered.empty:
        st.info(nothing)
        return None
    results = with_flags(numbered(delivered))
    picker = analytes_by_urgency(results, as_of)
    _say_what_is_abnormal(picker)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    analyte = left.selectbox(
        "Test, most abnormal and recent first",
        list(picker.index),
        format_func=picker["label"].get,
        key="analyte",
    )
    period = right.selectbox("Period", list(PERIODS), key="period")
    chosen = results[results["analyte_code"] == analyte]
    of_it = trends[trends["analyte_code"] == analyte]
    return _show_analyte(within(worded(chosen), PERIODS[period]), of_it)


def within(results: pd.DataFrame, period: pd.DateOffset | None) -> pd.DataFrame:
    """Return the results of a period that ends with the latest one."""
    if period is None:
        return results
    return results[results["collected_at"] >= results["collected_at"].max() - period]


def latest_of_each(results: pd.DataFrame) -> pd.DataFrame:
    """Return the latest number or abnormal result of each analyte, else its latest.

    A haemolysed specimen must not hide yesterday's critical potassium, and yesterday's
    ordinary number must not hide what the laboratory calls abnormal in words today. Of
    several at one time the worst is told.
    """
    is_number = results["plotted"].notna() & results["is_usable"]
    is_abnormal = results["flag_rank"] <= ABNORMAL.rank
    weighed = results.assign(is_telling=is_number | is_abnormal)
    ordered = weighed.sort_values(
        ["is_telling", "collected_at", "flag_rank"], ascending=[True, True, False]
    )
    return ordered.drop_duplicates("analyte_code", keep="last")


def analytes_by_urgency(results: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return one label per analyte, this month's abnormal ones before older ones.

    Within each by the latest judgement, then the latest result. Where today is not
    known, nothing is called old.
    """
    latest = worded(latest_of_each(results)).set_index("analyte_code")
    is_abnormal = latest["flag_rank"] <= ABNORMAL.rank
    is_old = latest["collected_at"] < (as_of - RECENT)
    urgency = is_abnormal.map({True: 0, False: 2}) + (is_abnormal & is_old)
    latest = latest.assign(is_abnormal=is_abnormal, is_old=is_old, urgency=urgency)
    latest = latest.sort_values("shown_name").sort_values(
        ["urgency", "flag_rank", "collected_at"],
        ascending=[True, True, False],
        kind="stable",
    )
    labels = [
        f"{row.shown_name}: {row.flag_sign} {row.shown_value}, "
        f"{date_text(row.collected_at)}"
        for row in latest.itertuples()
    ]
    return latest.assign(label=labels)


def _say_what_is_abnormal(latest: pd.DataFrame) -> None:
    """Tell what lies outside the range; old findings apart, and never left out."""
    abnormal = latest[latest["is_abnormal"]]
    recent, old = abnormal[~abnormal["is_old"]], abnormal[abnormal["is_old"]]
    told = _told(recent) or "none"
    st.markdown(f"**Latest outside the range, last 30 days:** {told}")
    if not old.empty:
        st.markdown(f"**Older, and the latest of their test:** {_told(old)}")
    unjudged = int(latest["displayed_flag"].eq("INDETERMINATE").sum())
    if unjudged:
        st.caption(_unjudged_text(unjudged))


def _told(abnormal: pd.DataFrame) -> str:
    told = list(abnormal["label"].head(MOST_TOLD))
    more = len(abnormal) - len(told)
    return plain("; ".join(told)) + (f"; and {more} more" if more else "")


def _unjudged_text(unjudged: int) -> str:
    """Return how many tests nobody can call in or out of range; silence reassures."""
    return f"Latest not judged: {unjudged}, marked ○ below."


def _show_analyte(results: pd.DataFrame, trends: pd.DataFrame) -> str | None:
    """Show the trend beside the table; return the key of a result that is chosen."""
    chosen = None
    chart_side, table_side = st.columns(2)
    with chart_side:
        numbers = drawable(results)
        for unit, of_unit in numbers.groupby(numbers["comparable_unit"].fillna("")):
            course = in_unit(trends, unit)
            trend = trend_chart(of_unit, course, picked=picking(KEY))
            analyte = of_unit["analyte_code"].iloc[0]
            chosen = show_pickable(trend, KEY, f"trend_{analyte}_{unit}") or chosen
            show_course(course)
        _say_what_is_not_drawn(results, numbers)
    with table_side:
        newest_first = results.sort_values("collected_at", ascending=False)
        st.dataframe(
            _table(newest_first),
            hide_index=True,
            width="stretch",
            height=min(38 + 35 * len(results), 400),
        )
    return chosen


def _table(results: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that tell something; the material if there are several."""
    columns = {
        column: title
        for column, title in TABLE.items()
        if column not in WHERE_TOLD or (results[column] != "").any()
    }
    if len(results["specimen_name"].dropna().unique()) > 1:
        columns["specimen_name"] = "Material"
    return results[list(columns)].rename(columns=columns)


def _say_what_is_not_drawn(results: pd.DataFrame, numbers: pd.DataFrame) -> None:
    notes = []
    undrawn = len(results) - len(numbers)
    if undrawn:
        notes.append(
            f"{undrawn} of {len(results)} results are in words, withdrawn or not "
            "measured and stand in the table only."
        )
    has_range = numbers[["range_low", "range_high"]].notna().any(axis=1)
    if (has_range & ~numbers["is_default_range"]).any():
        notes.append("Green: the range sent with the result.")
    if (has_range & numbers["is_default_range"]).any():
        notes.append("Grey: the site's or a usual range, because none was sent.")
    if len(numbers["comparable_unit"].unique()) > 1:
        notes.append("Different units are never drawn on one scale.")
    if notes:
        st.caption(" ".join(notes))
