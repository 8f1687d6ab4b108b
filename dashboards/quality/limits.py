"""Limits of laboratory values: what the site's results propose, and what is signed."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import capitalised, number_text, plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.freshness import show_freshness
from dashboards.quality.limit_chart import limit_chart
from dashboards.quality.limit_reading import LimitFrames, read_bars, read_limits
from dashboards.quality.limit_signing import show_signing
from dashboards.quality.limit_words import (
    analyte_text,
    decided_text,
    earlier_text,
    known_text,
    learned_text,
    proposed_text,
    signed_text,
    units_text,
    whose_text,
)
from dashboards.quality.words import count_text
from pipelines.access.limits import propose_limits

EXPLAINED = (
    "A limit says what no living patient has, so that an emergency breaks none: a "
    "wrong unit, a slipped decimal or a spoiled specimen does. It is learned from this "
    "site's results and holds only once it is signed. Two limits of one analyte, such "
    "as of adults and of all ages, both hold."
)
CELL = ["analyte_code", "unit", "age_band", "sex_code"]


def show_limits() -> None:
    """Show the signed limits, and the proposal that is chosen with its picture."""
    frames = read_limits()
    st.title("Limits", anchor=False)
    show_done()
    show_freshness(frames.freshness)
    st.caption(EXPLAINED)
    _show_signed(frames)
    _offer_learning(frames.proposals)
    if frames.proposals.empty:
        st.info(
            "Nothing has been learned yet. Learn limits once laboratory results are in "
            "the marts; it is also done on the first night of each month."
        )
        return
    proposal = _chosen(frames.proposals)
    st.subheader(f"{analyte_text(proposal)}: {whose_text(proposal)}", anchor=False)
    if earlier := earlier_text(proposal, frames.proposals["learned_at"].max()):
        st.info(earlier)
    _show_proposal(proposal, frames.story)


def _show_signed(frames: LimitFrames) -> None:
    """List the limits in force, those that most results break first."""
    latest = frames.story.drop_duplicates("check_id")
    signed = latest[latest["action_code"] == "sign"]
    if signed.empty:
        st.info("No limit is signed so far.")
        return
    found = signed.merge(
        frames.found, on="check_id", how="left", suffixes=("", "_found")
    )
    found = found.sort_values("broken_count", ascending=False, kind="stable")
    st.dataframe(
        pd.DataFrame([_row(limit) for limit in found.itertuples()]),
        hide_index=True,
    )


def _row(limit: Any) -> dict[str, object]:
    return {
        "Analyte": f"{limit.analyte_name} ({limit.analyte_code})",
        "Of": capitalised(whose_text(limit)),
        "Limit": signed_text(limit),
        "Broken": limit.broken_count,
        "Results": limit.rows_count_found,
        "Version": limit.version,
        "Signed by": limit.decided_by,
        "Signed": time_text(limit.decided_at),
    }


def _offer_learning(proposals: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Learn limits anew", icon=":material/refresh:"):
            with st.spinner("Learning from the laboratory results"):
                decide(
                    lambda: propose_limits(session.settings(), session.person()),
                    "Limits are learned. None holds before it is signed.",
                )
        if not proposals.empty:
            st.caption(f"Learned {time_text(proposals['learned_at'].max())}.")


def _chosen(proposals: pd.DataFrame) -> Any:
    """Ask for an analyte and unit, then whose results; at first those of everybody."""
    for_analyte, for_whom = st.columns(2)
    pairs = proposals.drop_duplicates(["analyte_code", "unit"])
    labels = {
        (row.analyte_code, row.unit): analyte_text(row) for row in pairs.itertuples()
    }
    analyte, unit = for_analyte.selectbox(
        "Analyte and unit", list(labels), format_func=labels.get, key="limit_analyte"
    )
    cells = proposals[
        (proposals["analyte_code"] == analyte) & (proposals["unit"] == unit)
    ]
    by_cell = {(row.age_band, row.sex_code): row for row in cells.itertuples()}
    cell = for_whom.selectbox(
        "Whose results",
        list(by_cell),
        format_func=lambda key: capitalised(whose_text(by_cell[key])),
        key="limit_cell",
    )
    return by_cell[cell]


def _show_proposal(proposal: Any, story: pd.DataFrame) -> None:
    decisions = story[
        (story[CELL] == [getattr(proposal, name) for name in CELL]).all(axis=1)
    ]
    last = next(decisions.itertuples(), None)
    signed = last if last is not None and last.action_code == "sign" else None
    if warning := units_text(proposal):
        st.warning(warning)
    st.markdown(f"{plain(learned_text(proposal))} **{plain(proposed_text(proposal))}**")
    if known := known_text(proposal):
        st.caption(plain(known))
    if proposal.state == "proposed":
        _show_picture(proposal, signed)
    show_signing(proposal, last)
    if not decisions.empty:
        st.markdown("**Decided so far**")
        told = [plain(decided_text(each)) for each in decisions.itertuples()]
        st.caption("  \n".join(told))


def _show_picture(proposal: Any, signed: Any | None) -> None:
    bars = read_bars(int(proposal.proposal_id))
    drawn = bars.dropna(subset=["from_value", "to_value"])
    if drawn.empty:
        st.info("No bar has values of five patients, so none is drawn.")
        return
    st.altair_chart(limit_chart(bars, proposal, signed), width="stretch")
    left_out = int(proposal.rows_count) - int(drawn["rows_count"].sum())
    st.caption(
        "Solid: signed. Dashed: proposed. Dotted: reference range of adults. "
        f"{count_text(left_out, 'result')} not drawn: beyond "
        f"{number_text(drawn['from_value'].min())} and "
        f"{number_text(drawn['to_value'].max())}, or where fewer than five patients "
        "have such values."
    )
