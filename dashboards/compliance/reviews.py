"""The weekly reviews: what each week saw, and who signed it."""

from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from dashboards import session
from dashboards.chart.words import date_text, plain, time_text
from dashboards.compliance.acting import decide, show_done
from dashboards.compliance.statements import REVIEWS
from dashboards.compliance.words import days_since, waiting_words
from pipelines.access.compliance import sign_week
from pipelines.access.reading import Query

FIGURES = {
    "events": "Events",
    "people": "People",
    "patients": "Patients looked at",
    "denied": "Refused",
    "failed": "Failed",
    "sign_ins": "Sign-ins",
    "failed_sign_ins": "Failed sign-ins",
    "glass_broken": "Glass broken",
    "exports": "Exports and lines unmasked",
    "unfinished": "Actions without outcome",
    "by_the_spool": "Came by the spool",
    "breaks": "Breaks of the trail",
}
# A number above none of these deserves a word in the comment.
TO_EXPLAIN = ("breaks", "unfinished", "failed_sign_ins", "by_the_spool")
PER_ROW = 6


def show_reviews() -> None:
    """Show the weeks that are over, those without a signature first."""
    frames = session.reader().read("audit reviews", {"reviews": Query(REVIEWS, {})})
    reviews = frames.frames["reviews"]
    st.title("Weekly reviews", anchor=False)
    show_done()
    st.caption(
        "Each Monday the week that is over is counted and the whole trail verified. "
        "Somebody reads the figures and signs them; signed figures stay as they are."
    )
    if reviews.empty:
        st.info("No week is over yet. The first review is prepared next Monday.")
        return
    unsigned = reviews[reviews["signed_at"].isna()]
    if unsigned.empty:
        st.success("Every week is signed.")
    for review in unsigned.sort_values("week").itertuples():
        _show(review)
    for review in reviews[reviews["signed_at"].notna()].itertuples():
        _show(review)


def _show(review: Any) -> None:
    with st.container(border=True):
        is_signed = bool(review.signed_by)
        ended_at = datetime.combine(review.week + timedelta(days=7), time.min)
        end_days = days_since(ended_at)
        state = "Signed" if is_signed else f"Not signed, {waiting_words(end_days)}"
        st.markdown(f"**Week of {date_text(review.week)}** · {state}")
        _show_figures(review.figures)
        if is_signed:
            st.caption(
                f"Signed {time_text(review.signed_at)} by {plain(review.signed_by)}: "
                f"{plain(review.comment)}"
            )
        else:
            _ask_signature(review)


def _show_figures(figures: dict[str, int]) -> None:
    names = list(FIGURES)
    for start in range(0, len(names), PER_ROW):
        columns = st.columns(PER_ROW)
        for column, name in zip(columns, names[start : start + PER_ROW], strict=True):
            column.metric(FIGURES[name], f"{figures.get(name, 0):,}")
    asked = [FIGURES[name].lower() for name in TO_EXPLAIN if figures.get(name)]
    if asked:
        st.warning(f"Say in the comment what became of: {', '.join(asked)}.")


def _ask_signature(review: Any) -> None:
    with st.form(f"sign_{review.week}", border=False):
        comment = st.text_input("What you saw and did about it", max_chars=500)
        is_signed = st.form_submit_button("Sign this week")
    if is_signed:
        decide(
            lambda: sign_week(
                session.settings(), session.person(), review.week, comment
            ),
            f"The week of {date_text(review.week)} is signed.",
        )
