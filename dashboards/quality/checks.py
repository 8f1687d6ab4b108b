"""The checks: what each rule found in the last load of each feed, and before."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import capitalised, plain, time_text
from dashboards.freshness import show_freshness
from dashboards.quality.choosing import show_refused_link
from dashboards.quality.mart_checks import show_mart_checks
from dashboards.quality.reading import (
    LOADS_OF_A_TREND,
    read_checks,
    read_mart_checks,
    read_series_checks,
    read_sources,
)
from dashboards.quality.series_checks import show_series_checks
from dashboards.quality.words import (
    BROKEN,
    CHANGES,
    QUIET,
    SEVERITIES,
    feed_text,
    sentence,
)
from pipelines.access.rule_words import words_of

RULE = ["feed", "rule_name"]


def show_checks() -> None:
    """Show the rules of a source's feeds, those that need a look first."""
    frames = read_sources()
    st.title("Checks", anchor=False)
    show_freshness(frames["freshness"])
    st.caption(
        "Each feed has a suite of rules; every load is judged by it. New, persisting "
        "and resolved compare the last load of a feed with the one before of the same "
        "source."
    )
    sources = list(frames["sources"]["source_system"])
    if not sources:
        st.info("Nothing has been delivered yet, so nothing was judged.")
        return
    source = st.selectbox("Source", sources, key="checks_source")
    judged = read_checks(source)
    if judged.empty:
        st.info("No load of this source has been judged yet.")
        return
    _show_judged(judged)
    show_series_checks(read_series_checks(source))
    show_mart_checks(read_mart_checks(source))


def _show_judged(judged: pd.DataFrame) -> None:
    latest = judged[judged["loads_ago"] == 1]
    counts = latest["change_code"].value_counts()
    present = [change for change in CHANGES if counts.get(change)]
    labels = {change: f"{CHANGES[change]}: {counts[change]}" for change in present}
    chosen = st.pills(
        "Rules by what became of them; choose some to see only those",
        present,
        format_func=labels.get,
        selection_mode="multi",
        key="change_filter",
    )
    trends = judged.groupby(RULE)["unexpected_count"].apply(_trend)
    wanted = chosen or [change for change in present if change not in QUIET]
    for change in present:
        if change in wanted and change not in QUIET:
            for rule in latest[latest["change_code"] == change].itertuples():
                _show_rule(rule, trends[(rule.feed, rule.rule_name)])
    if not set(present) - set(QUIET):
        st.success("No rule was broken in the last load of each feed.")
    is_asked = not set(QUIET).isdisjoint(chosen or [])
    with st.expander("All rules, by feed", expanded=is_asked):
        _show_all(latest, trends)


def _trend(counts: pd.Series) -> list[float]:
    return counts.fillna(0).tolist()


def _show_rule(rule: Any, trend: list[float]) -> None:
    words = words_of(rule.rule_name, rule.feed)
    is_broken = rule.change_code in BROKEN
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{CHANGES[rule.change_code]}** · {feed_text(rule.feed)} · load "
            f"{rule.delivery_id}, {time_text(rule.landed_at)}"
        )
        told = words.broken if is_broken else words.expected
        st.markdown(f"**{plain(sentence(told))}** {_counted(rule)}")
        st.caption(
            f"Why it matters: {plain(rule.reason)} · A breach "
            f"{SEVERITIES[rule.severity]}."
        )
        if len(trend) > 1:
            told = ", ".join(f"{int(count):,}" for count in trend)
            st.caption(f"Rows that broke it, from load to load: {told}")
        if rule.delivery_status == "held":
            st.caption("This load is held as a whole: nothing of it landed.")
        elif is_broken and rule.severity == "critical":
            show_refused_link(int(rule.delivery_id), rule.feed, rule.rule_name)
        elif is_broken:
            st.caption("These rows landed; which they are is not kept.")


def _counted(rule: Any) -> str:
    if pd.isna(rule.unexpected_count) or pd.isna(rule.element_count):
        return ""
    return (
        f"{int(rule.unexpected_count):,} of {int(rule.element_count):,} rows break it."
    )


def _show_all(latest: pd.DataFrame, trends: pd.Series) -> None:
    for feed, rules in latest.groupby("feed", sort=True):
        st.markdown(f"**{capitalised(feed_text(feed))}**")
        st.dataframe(
            pd.DataFrame([_row(rule, trends) for rule in rules.itertuples()]),
            column_config={
                "Trend": st.column_config.LineChartColumn(
                    help=f"Broken rows in up to {LOADS_OF_A_TREND} loads, oldest left",
                    y_min=0,
                )
            },
            hide_index=True,
        )


def _row(rule: Any, trends: pd.Series) -> dict[str, object]:
    return {
        "Rule": sentence(words_of(rule.rule_name, rule.feed).expected),
        "State": CHANGES[rule.change_code],
        "Broken": rule.unexpected_count,
        "Rows": rule.element_count,
        "Trend": trends[(rule.feed, rule.rule_name)],
        "A breach": SEVERITIES[rule.severity],
        "Kind": (rule.kahn_category or "").replace("/", ", "),
    }
