"""How results are judged, why some are not, and which tests have no range."""

import pandas as pd
import streamlit as st

from dashboards.quality.judgement_words import (
    GROUP_OF,
    GROUPS,
    JUDGED_BY,
    NOT_JUDGED,
    REASONS,
)
from dashboards.quality.laboratory_charts import analyte_chart, group_chart
from dashboards.quality.prepared import show_prepared
from dashboards.quality.reading import read_judgements
from dashboards.quality.shares import COUNT, SHARE, percent, share_number

ALL = "All sources"
MOST_BARS = 12


def show_judgements() -> None:
    """Show the counts of all sources or of one."""
    st.title("Judgement of results", anchor=False)
    if not show_prepared():
        return
    st.caption(
        "A result is judged by the range that came with it, else by the laboratory's "
        "flag, else by a default range. Where none of them can, it is "
        "INDETERMINATE: shown, and not judged. Never called normal. Counted anew every "
        "night."
    )
    source = st.session_state.get("judgements_source", ALL)
    frames = read_judgements(None if source == ALL else source)
    sources = [ALL, *frames["sources"]["source_system"]]
    st.selectbox("Source", sources, key="judgements_source")
    counts = frames["counts"]
    if counts.empty:
        st.info("No laboratory result has been delivered yet.")
        return
    _show_groups(counts)
    _show_reasons(counts)
    _show_ranges(counts)


def _show_groups(counts: pd.DataFrame) -> None:
    total = int(counts["results_count"].sum())
    sums = counts.groupby(counts["displayed_flag"].map(GROUP_OF))["results_count"].sum()
    groups = pd.DataFrame({"group": list(GROUPS)})
    groups["results"] = groups["group"].map(sums).fillna(0).astype(int)
    groups["told"] = [
        f"{results:,} ({percent(results, total)})" for results in groups["results"]
    ]
    st.subheader(f"{total:,} results", anchor=False)
    st.altair_chart(group_chart(groups))
    judged = counts.groupby("displayed_flag_source")["results_count"].sum()
    told = [
        f"{judged[code]:,} by {words}"
        for code, words in JUDGED_BY.items()
        if code in judged.index
    ]
    if told:
        st.caption(f"Judged: {'; '.join(told)}.")


def _show_reasons(counts: pd.DataFrame) -> None:
    """Show why results are not judged, the most frequent reason first."""
    st.subheader("Why results are not judged", anchor=False)
    unjudged = counts[counts["displayed_flag"].map(GROUP_OF) == NOT_JUDGED]
    if unjudged.empty:
        st.success("Every result is judged.")
        return
    total = int(unjudged["results_count"].sum())
    sums = unjudged.groupby("reason_code")["results_count"].sum()
    st.markdown(
        f"**{total:,} results are INDETERMINATE**, "
        f"{percent(total, int(counts['results_count'].sum()))} of all."
    )
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Results": int(results),
                    "Share": share_number(int(results), total),
                    "Why": REASONS[code].why,
                    "What can be done": REASONS[code].remedy,
                }
                for code, results in sums.sort_values(ascending=False).items()
            ]
        ),
        column_config={
            "Results": COUNT,
            "Share": SHARE,
            "Why": st.column_config.TextColumn(width="large"),
            "What can be done": st.column_config.TextColumn(width="large"),
        },
        hide_index=True,
        height="content",
    )


def _show_ranges(counts: pd.DataFrame) -> None:
    """Show the analytes by the share of their numbers that have no range."""
    st.subheader("Numbers without any range", anchor=False)
    analytes = _analytes(counts)
    numbers, without = analytes["numbers"].sum(), analytes["without"].sum()
    if not without:
        st.success("Every number has a range, or came with one in words.")
        return
    lacking = analytes[analytes["without"] > 0]
    st.markdown(
        f"**{without:,} of {numbers:,} numbers ({percent(without, numbers)})**, of "
        f"{len(lacking):,} tests: no range came with them, and no default range "
        "applies. The laboratory's own flag may still judge them."
    )
    most = lacking.sort_values("without", ascending=False, kind="stable")
    drawn = most.head(MOST_BARS)
    st.altair_chart(analyte_chart(drawn.assign(told=drawn.apply(_told, axis=1))))
    if len(lacking) > MOST_BARS:
        st.caption(f"The {MOST_BARS} tests with most of them; all are in the table.")
    st.caption("All tests that lack ranges, the worst share first:")
    st.dataframe(
        _table(lacking),
        column_config={"Share": SHARE, "Without range": COUNT, "Numbers": COUNT},
        hide_index=True,
    )


def _analytes(counts: pd.DataFrame) -> pd.DataFrame:
    """Return numbers and those without a range per source and analyte, worst first."""
    summed = counts.groupby(["source_system", "analyte_code", "analyte"])[
        ["numbers_count", "numbers_without_range_count"]
    ].sum()
    named = summed.reset_index().rename(
        columns={"numbers_count": "numbers", "numbers_without_range_count": "without"}
    )
    found = named[named["numbers"] > 0]
    found = found.assign(share=found["without"] / found["numbers"])
    alike = found["analyte"].duplicated(keep=False)
    found["analyte"] = found["analyte"].where(
        ~alike, found["analyte"] + " (" + found["source_system"] + ", "
        + found["analyte_code"] + ")"
    )  # fmt: skip
    order = ["share", "without", "analyte"]
    return found.sort_values(order, ascending=[False, False, True])


def _told(analyte: pd.Series) -> str:
    share = percent(analyte["without"], analyte["numbers"])
    return f"{analyte['without']:,} ({share})"


def _table(lacking: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Test": lacking["analyte"],
            "Share": [
                share_number(row.without, row.numbers) for row in lacking.itertuples()
            ],
            "Without range": lacking["without"],
            "Numbers": lacking["numbers"],
            "Code": lacking["analyte_code"],
            "Source": lacking["source_system"],
        }
    )
