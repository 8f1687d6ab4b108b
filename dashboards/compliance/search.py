"""The audit search: who did what to whom, when, from where, and how it ended."""

import json
from datetime import datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.compliance.asking import ask_patient
from dashboards.compliance.statements import ACTIONS, COUNTED, EVENTS, STAFF
from dashboards.compliance.words import RESULTS, ask_period, role_words, who_words
from pipelines.access.identity import Identity
from pipelines.access.reading import Query

ROWS_PER_PAGE = 50
ALL = "all"
OFFSET = "audit_offset"
HOURS_UP_TO = timedelta(days=3)
COLOURS = {"shown": "#0072B2", "refused": "#D55E00"}
PAGE = "audit search"
# Columns that are sentences or long names, and were cut where the table shares space.
TO_READ = ("Action", "What", "Why")


def show_search() -> None:
    """Show events by person, patient, period, action and result."""
    st.title("Audit", anchor=False)
    st.caption(
        "Each event was written before anything was shown. What is asked for here is "
        "an event as well."
    )
    filters, asked_key = _ask()
    step = "hour" if filters["until"] - filters["since"] <= HOURS_UP_TO else "day"
    offset = _offset(filters)
    queries = {
        "counted": Query(COUNTED, {**filters, "step": step}),
        "events": Query(EVENTS, {**filters, "most": ROWS_PER_PAGE, "offset": offset}),
    }
    reading = session.reader().read(PAGE, queries, [asked_key] if asked_key else [])
    if asked_key:
        identity = reading.identities.get(asked_key, Identity())
        st.markdown(f"Events that name **{identity.full_name}**")
    counted = reading.frames["counted"]
    total = int(counted["events"].sum()) if not counted.empty else 0
    if not total:
        st.info("No event matches. Choose a longer period, or fewer conditions.")
        return
    st.altair_chart(activity_chart(counted, step))
    _show_events(reading.frames["events"], offset, total)


def activity_chart(counted: pd.DataFrame, step: str) -> alt.Chart:
    """Return how many events there were in each hour or day, empty ones included."""
    begins = counted["begins_at"]
    every = pd.date_range(
        begins.min(), begins.max(), freq="h" if step == "hour" else "D"
    )
    label = "%-d %b, %H:%M" if step == "hour" else "%-d %b %Y"
    drawn = counted.assign(at=begins.dt.strftime(label))
    return (
        alt.Chart(drawn)
        .mark_bar(size=14)
        .encode(
            x=alt.X(
                "at:O",
                title=f"By {step}",
                scale=alt.Scale(domain=every.strftime(label).tolist()),
                axis=alt.Axis(labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y("sum(events):Q", title="Events"),
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=alt.Legend(orient="right"),
            ),
            tooltip=[
                alt.Tooltip("at:O", title="From"),
                alt.Tooltip("outcome:N", title="Outcome"),
                alt.Tooltip("events:Q", title="Events", format=","),
            ],
        )
        .properties(height=200, width="container")
    )


def _ask() -> tuple[dict[str, Any], int | None]:
    first, second, third = st.columns(3)
    with first:
        since, until = ask_period("audit_period", 7)
    known = _known(since, until)
    names = {row.user_id: who_words(row.display_name, row.user_id)
             for row in known["staff"].itertuples()}  # fmt: skip
    with second:
        user_id = _select("Person", list(names), names)
    with third:
        asked_key = ask_patient("audit_patient")
    with first:
        action = _select("Action", list(known["actions"]["action"]), {})
    with second:
        result = _select("Result", list(RESULTS), RESULTS)
    filters = {
        "since": since,
        "until": until,
        "user_id": user_id,
        "action": action,
        "result": result,
        "asked_key": asked_key,
    }
    return filters, asked_key


def _known(since: datetime, until: datetime) -> dict[str, pd.DataFrame]:
    period = {"since": since, "until": until}
    queries = {"staff": Query(STAFF, {}), "actions": Query(ACTIONS, period)}
    return dict(session.reader().read(f"{PAGE}, choices", queries).frames)


def _select(label: str, options: list[str], names: dict[str, str]) -> str | None:
    picked = st.selectbox(
        label,
        [ALL, *options],
        format_func=lambda option: (
            "All" if option == ALL else names.get(option, option)
        ),
        key=f"audit_{label}",
    )
    return None if picked == ALL else picked


def _offset(filters: dict[str, Any]) -> int:
    """Return how many events come before those shown; none once a filter changed."""
    kept_filters, offset = st.session_state.get(OFFSET, (None, 0))
    if kept_filters != filters:
        offset = 0
    st.session_state[OFFSET] = (filters, offset)
    return offset


def _show_events(events: pd.DataFrame, offset: int, total: int) -> None:
    last = offset + len(events)
    st.markdown(f"{total:,} events; {offset + 1:,} to {last:,} shown, latest first")
    st.dataframe(
        pd.DataFrame([_row(event) for event in events.itertuples()]),
        hide_index=True,
        column_config=dict.fromkeys(TO_READ, st.column_config.Column(width="medium")),
    )
    newer, older = st.columns(2)
    newer.button("Newer", disabled=offset == 0, on_click=_turn, args=(-ROWS_PER_PAGE,))
    older.button("Older", disabled=last >= total, on_click=_turn, args=(ROWS_PER_PAGE,))


def _turn(by: int) -> None:
    filters, offset = st.session_state[OFFSET]
    st.session_state[OFFSET] = (filters, max(0, offset + by))


def _row(event: Any) -> dict[str, object]:
    via = f"spool, added {event.recorded_at:%-d %b %H:%M}" if event.is_spooled else ""
    return {
        "Event": event.event_id,
        "When": event.happened_at,
        "Who": who_words(event.display_name, event.user_id),
        "Role": role_words(event.role),
        "Action": event.action,
        "What": event.subject,
        "Patients": event.patients_count,
        "Rows": event.row_count,
        "Result": RESULTS.get(event.result, event.result),
        "Why": _why(event),
        "From": event.client_address or "",
        "Came by": via,
    }


def _why(event: Any) -> str:
    """Return the purpose; of a disclosure, to whom and why."""
    if event.action != "disclose":
        return event.purpose or ""
    recipient, _, _, purpose, *_ = json.loads(event.purpose)
    return f"to {recipient}: {purpose}"
