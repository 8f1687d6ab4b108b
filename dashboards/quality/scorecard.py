"""The scorecard: how checks stand by source, feed or mart and cell, now and before."""

import pandas as pd
import streamlit as st

from dashboards.freshness import show_freshness
from dashboards.quality.printing import offer_month_report
from dashboards.quality.reading import read_failing, read_history, read_scorecard
from dashboards.quality.scorecard_grid import as_csv, cell_of, grid_of, styled
from dashboards.quality.scorecard_history import history_chart
from dashboards.quality.words import SEVERITIES, sentence

ALL = "All sources"
NO_SOURCE = "of no single source"
# A longer grid scrolls in itself: what fails stands above.
MOST_LINES, GRID_PIXELS = 14, 560
PERIODS = {"Days": "day", "Months": "month"}
CHECKS_PAGE, INCIDENTS_PAGE = "views/quality/checks.py", "views/quality/incidents.py"


def show_scorecard() -> None:
    """Show the grid of all sources or of one, its history, and what leads on."""
    frames = read_scorecard()
    card = frames["card"]
    st.title("Scorecard", anchor=False)
    show_freshness(frames["freshness"])
    if card.empty:
        st.info(
            "Nothing has been judged yet. The scorecard begins with the first load or "
            "build of the marts."
        )
        return
    st.caption(
        "Checks that passed of those that had something to judge, by cell of Kahn's "
        "framework: ● all passed, ✕ some failed, ○ nothing to judge, which is never "
        "counted as passed."
    )
    source = _chosen_source(card)
    shown = card if source is None else card[card["source_system"] == source]
    by = "source_system" if source is None else "subject"
    _show_headline(shown)
    grid = grid_of(shown.replace({"source_system": {"": NO_SOURCE}}), by)
    st.dataframe(
        styled(grid),
        height="content" if len(grid) <= MOST_LINES else GRID_PIXELS,
        column_config={"_index": st.column_config.Column(width="medium")},
    )
    st.download_button(
        "Download as CSV",
        as_csv(shown),
        "scorecard.csv",
        "text/csv",
        icon=":material/download:",
    )
    _show_history(source)
    if source is not None:
        _show_failing(source, shown)
    offer_month_report()


def _chosen_source(card: pd.DataFrame) -> str | None:
    names = {name or NO_SOURCE: name for name in card["source_system"].unique()}
    chosen = st.selectbox("Source", [ALL, *names], key="scorecard_source")
    return names.get(chosen)


def _show_headline(shown: pd.DataFrame) -> None:
    totals = shown[["passed", "failed", "not_applicable"]].sum()
    rows = shown[["rows_judged", "rows_broken"]].fillna(0).sum()
    st.markdown(
        f"**{cell_of(*totals)}** · {int(totals.not_applicable):,} checks had nothing "
        f"to judge · rows were judged {int(rows.rows_judged):,} times, and broke a "
        f"check {int(rows.rows_broken):,} times"
    )


def _show_history(source: str | None) -> None:
    st.subheader("History", anchor=False)
    chosen = st.segmented_control(
        "By", list(PERIODS), default="Days", key="scorecard_period"
    )
    chart = history_chart(read_history(source, PERIODS[chosen or "Days"]))
    if chart is None:
        st.info("There is one day so far; a line begins with the second.")
        return
    st.altair_chart(chart, width="stretch")
    st.caption(
        "Share of the checks with something to judge that passed, as each stood at the "
        "end of the day or month."
    )


def _show_failing(source: str, shown: pd.DataFrame) -> None:
    """Show the checks that fail of one feed or mart, and lead to what can be done."""
    st.subheader("What fails", anchor=False)
    failing = shown[shown["failed"] > 0]
    if failing.empty:
        st.success("No check of this source fails.")
        return
    subject = st.selectbox(
        "Feed or mart", sorted(failing["subject"].unique()), key="scorecard_subject"
    )
    found = read_failing(source, subject)
    if found.empty:
        st.info("What each check says is entered by the next build of the marts.")
    else:
        st.dataframe(
            pd.DataFrame([_row(each) for each in found.to_dict("records")]),
            hide_index=True,
        )
    with st.container(horizontal=True):
        if st.button("Open the incidents of this source"):
            st.session_state["incident_source"] = source
            st.switch_page(INCIDENTS_PAGE)
        if source and st.button("Open the checks of this source"):
            st.session_state["checks_source"] = source
            st.switch_page(CHECKS_PAGE)


def _row(found: dict[str, object]) -> dict[str, object]:
    return {
        "Cell": str(found["kahn_category"]).replace("/", ", "),
        "What is not so": sentence(str(found["sentence"])),
        "Broken": found["broken_count"],
        "Judged": found["applicable_count"],
        "A breach": SEVERITIES[str(found["severity"])],
    }
