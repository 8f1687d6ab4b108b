"""Printable reports, made when they are asked for and offered as one file."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import streamlit as st

from dashboards import session
from dashboards.writing.local_time import local
from pipelines.access.printed_reports import printed_delivery, printed_month

# Under a name that is forgotten when rights change.
MADE = "kept_report"
MONTHS_OFFERED = 13
PRINT = ":material/print:"


def offer_delivery_report(delivery_id: int) -> None:
    """Offer the report of one delivery."""

    def make() -> str:
        zone = session.settings().time_zone
        return printed_delivery(session.reader(), delivery_id, _now(), zone)

    _offer(f"delivery-{delivery_id}", make)


def offer_month_report() -> None:
    """Offer the report of a month; of the running one, so far."""
    st.subheader("Report of a month", anchor=False)
    first = st.selectbox(
        "Month",
        _months(_now().date()),
        format_func=lambda day: f"{day:%B %Y}",
        key="report_month",
    )

    def make() -> str:
        zone = session.settings().time_zone
        return printed_month(session.reader(), first, _now(), zone)

    _offer(f"month-{first:%Y-%m}", make)


def _offer(name: str, make: Callable[[], str]) -> None:
    """Make a file at a click, then offer it; it stands for nothing that changes."""
    with st.container(horizontal=True):
        if st.button("Make a printable report", key=f"make_{name}", icon=PRINT):
            st.session_state[MADE] = (name, make())
        made_name, content = st.session_state.get(MADE, ("", ""))
        if made_name == name:
            st.download_button(
                "Download the report", content, f"{name}.html", "text/html"
            )


def _months(today: date) -> list[date]:
    """Return the first days of this month and those before, the latest first."""
    counted = today.year * 12 + today.month - 1
    return [
        date(number // 12, number % 12 + 1, 1)
        for number in range(counted, counted - MONTHS_OFFERED, -1)
    ]


def _now() -> datetime:
    return local(datetime.now(UTC))
