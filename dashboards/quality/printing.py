"""Printable reports, made when they are asked for and offered as one file."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.writing.local_time import local
from pipelines.access.reading import Query
from pipelines.reports.calendar_month import Month
from pipelines.reports.delivery import Rows, delivery_document
from pipelines.reports.delivery_statements import DELIVERY_STATEMENTS
from pipelines.reports.document import html_of
from pipelines.reports.month import month_document
from pipelines.reports.month_statements import MONTH_STATEMENTS

# Under a name that is forgotten when rights change.
MADE = "kept_report"
MONTHS_OFFERED = 13
PRINT = ":material/print:"


def offer_delivery_report(delivery_id: int) -> None:
    """Offer the report of one delivery."""

    def make() -> str:
        values = {"delivery_id": delivery_id}
        name = f"report of load {delivery_id}"
        rows = _read(name, DELIVERY_STATEMENTS, values)
        zone = session.settings().time_zone
        return html_of(delivery_document(rows, local(datetime.now(UTC)), zone))

    _offer(f"delivery-{delivery_id}", make)


def offer_month_report() -> None:
    """Offer the report of a month; of the running one, so far."""
    st.subheader("Report of a month", anchor=False)
    first = st.selectbox(
        "Month",
        _months(local(datetime.now(UTC)).date()),
        format_func=lambda day: f"{day:%B %Y}",
        key="report_month",
    )
    month = Month(first, session.settings().time_zone)

    def make() -> str:
        rows = _read(f"report of {month.name}", MONTH_STATEMENTS, month.values)
        return html_of(month_document(rows, month, local(datetime.now(UTC))))

    _offer(f"month-{month.name}", make)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as reports take them: no NaN, whole numbers whole."""
    return [
        {name: _value(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


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


def _read(page: str, statements: Mapping[str, str], values: Mapping[str, Any]) -> Rows:
    queries = {name: Query(text, values) for name, text in statements.items()}
    frames = session.reader().read(page, queries).frames
    return {name: rows_of(frames[name]) for name in statements}


def _value(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
