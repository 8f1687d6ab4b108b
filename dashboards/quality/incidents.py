"""Incidents: what is wrong with the data now, by how many patients it hits."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import capitalised, plain, time_text
from dashboards.compliance.acting import show_done
from dashboards.freshness import show_freshness
from dashboards.quality.choosing import REFUSED_PAGE, choose
from dashboards.quality.delivered_lines import show_lines
from dashboards.quality.incident_deciding import show_decisions
from dashboards.quality.incident_reading import (
    read_incidents,
    read_places,
    read_story,
)
from dashboards.quality.incident_words import (
    OPEN,
    SEVERITIES,
    STATES,
    counted_text,
    course_text,
    pairs_of,
    patients_text,
    since_text,
    subject_text,
    told_step,
    waiting_text,
    waiver_text,
    wrong_text,
)
from dashboards.quality.unsent_alerts import show_unsent
from pipelines.access.delivered_lines import feed_of
from pipelines.access.refused_row import Choice

MOST_SHOWN = 10
EVERY = "all"
ANYBODY, MINE, NOBODY = "Anybody", "Me", "Nobody"
REPORTS_PAGE = "views/quality/reported_values.py"
COLOUR = "#0072B2"


def show_incidents() -> None:
    """Show at most ten incidents with what can be done, the others as a list."""
    incidents, frames, waiting = read_incidents()
    owners = frames["owners"]
    st.title("Incidents", anchor=False)
    show_done()
    show_freshness(frames["freshness"])
    show_unsent(frames["unsent"])
    _show_waiting_reports(waiting)
    if incidents.empty:
        st.info(
            "No check has failed so far. Incidents appear after a load or a build in "
            "which one does."
        )
        return
    chosen = _chosen(incidents)
    if chosen.empty:
        _say_that_none_matches(incidents)
        return
    shown = chosen.head(MOST_SHOWN)
    st.markdown(_headline(chosen))
    for incident in shown.itertuples():
        _show(incident, owners)
    _show_rest(chosen.iloc[MOST_SHOWN:], owners)


def _show_waiting_reports(waiting: int) -> None:
    if not waiting:
        return
    told = "1 value that a clinician reported waits for an answer"
    if waiting > 1:
        told = f"{waiting} values that clinicians reported wait for an answer"
    st.page_link(REPORTS_PAGE, label=told, icon=":material/flag:")


def _chosen(incidents: pd.DataFrame) -> pd.DataFrame:
    """Ask for states, source and owner; at first what is open and not waived."""
    counts = incidents["state_code"].value_counts()
    present = [state for state in STATES if counts.get(state)]
    states = st.pills(
        "Open incidents, those that hit most patients first; choose states to see "
        "others",
        present,
        format_func=lambda state: f"{STATES[state]}: {counts[state]}",
        selection_mode="multi",
        key="incident_states",
    )
    for_source, for_owner = st.columns(2)
    sources = sorted(incidents["source_system"].unique())
    source = for_source.selectbox(
        "Source",
        [EVERY, *sources],
        format_func=lambda each: "All sources" if each == EVERY else _source(each),
        key="incident_source",
    )
    owner = for_owner.selectbox("Owner", [ANYBODY, MINE, NOBODY], key="incident_owner")
    is_wanted = incidents["state_code"].isin(states or OPEN)
    if source != EVERY:
        is_wanted &= incidents["source_system"] == source
    if owner == MINE:
        is_wanted &= incidents["owner_user_id"] == session.person().user_id
    if owner == NOBODY:
        is_wanted &= incidents["owner_user_id"].isna()
    return incidents[is_wanted]


def _source(name: str) -> str:
    return name or "of no single source"


def _say_that_none_matches(incidents: pd.DataFrame) -> None:
    if not incidents["state_code"].isin(OPEN).any():
        st.success(
            "No incident is open. Waived and resolved ones are found by their state."
        )
    else:
        st.info("No incident matches. Choose another state, source or owner.")


def _headline(chosen: pd.DataFrame) -> str:
    count = len(chosen)
    if count == 1:
        return "1 incident"
    shown = min(count, MOST_SHOWN)
    return f"{count} incidents" + (f", {shown} shown" if count > shown else "")


def _show(incident: Any, owners: pd.DataFrame) -> None:
    key = f"{incident.source_system}_{incident.check_id}"
    with st.container(border=True, gap="small"):
        words, picture = st.columns([4, 1])
        with words:
            _show_words(incident)
        with picture:
            _show_course(incident)
        with st.container(horizontal=True, vertical_alignment="center"):
            _show_refused_link(incident, key)
            is_rows = incident.measured_in == "build" and st.toggle(
                "Rows", key=f"rows_{key}"
            )
            is_story = st.toggle("Everything that happened", key=f"story_{key}")
            show_decisions(incident, key, owners)
        if is_rows:
            places = read_places(incident.source_system, incident.check_id)
            show_lines(places, feed_of(incident.subject), key)
        if is_story:
            _show_story(incident)


def _show_words(incident: Any) -> None:
    source = plain(_source(incident.source_system))
    st.markdown(
        f"**{STATES[incident.state_code]}** · {plain(patients_text(incident))} · "
        f"{plain(subject_text(incident))} · {source} · "
        f"{SEVERITIES[incident.severity]}"
    )
    st.markdown(f"**{plain(wrong_text(incident))}** {counted_text(incident)}")
    if waiting := waiting_text(incident):
        st.markdown(waiting)
    if not pd.isna(incident.waived_until):
        st.markdown(plain(capitalised(waiver_text(incident))))
    facts = [since_text(incident)]
    owner = incident.owner_name
    facts.append(f"owner: {owner}" if isinstance(owner, str) else "nobody owns it")
    if incident.asked_owner:
        facts.append(f"can mend it: {incident.asked_owner}")
    if incident.reason:
        facts.append(f"why it matters: {incident.reason}")
    st.caption(plain(capitalised(" · ".join(facts))))
    if isinstance(incident.last_comment, str):
        st.caption(
            plain(
                f"Last comment, {incident.last_comment_by}, "
                f"{time_text(incident.last_comment_at)}: {incident.last_comment}"
            )
        )
    if course := course_text(incident):
        st.caption(f"Rows that broke it, oldest first: {course}")


def _show_course(incident: Any) -> None:
    """Show the share that broke it as a small line; its numbers stand beside it."""
    pairs = pairs_of(incident.broken_counts, incident.applicable_counts)
    if len(pairs) < 2:  # noqa: PLR2004 - one point is no line
        return
    course = pd.DataFrame(
        {
            "position": range(1, len(pairs) + 1),
            "share": [100 * broken / of for broken, of in pairs],
        }
    )
    chart = (
        alt.Chart(course)
        .mark_line(point=True, color=COLOUR)
        .encode(
            x=alt.X("position:O", title=None, axis=None),
            y=alt.Y(
                "share:Q",
                title="% of rows",
                scale=alt.Scale(zero=True),
                axis=alt.Axis(tickCount=2),
            ),
        )
        .properties(height=90)
    )
    st.altair_chart(chart, width="stretch")


def _show_refused_link(incident: Any, key: str) -> None:
    if incident.measured_in != "load" or not incident.waiting_count:
        return
    if st.button("See the refused rows", key=f"refused_{key}", type="tertiary"):
        choose(Choice(None, incident.subject, incident.check_id))
        st.switch_page(REFUSED_PAGE)


def _show_story(incident: Any) -> None:
    story = read_story(incident.source_system, incident.check_id)
    st.markdown("  \n".join(plain(told_step(step)) for step in story.itertuples()))


def _show_rest(rest: pd.DataFrame, owners: pd.DataFrame) -> None:
    """Show the others as a list, and any of them that is asked for in full."""
    if rest.empty:
        return
    with st.expander(f"{len(rest)} more, that hit fewer patients"):
        rows = dict(enumerate(rest.itertuples()))
        st.dataframe(
            pd.DataFrame([_row(row) for row in rows.values()]), hide_index=True
        )
        picked = st.selectbox(
            "Open one of them",
            list(rows),
            index=None,
            format_func=lambda index: _label(rows[index]),
            key="incident_of_the_rest",
        )
    if picked is not None:
        _show(rows[picked], owners)


def _row(incident: Any) -> dict[str, object]:
    return {
        "State": STATES[incident.state_code],
        "Patients": incident.patients_count,
        "Broken": incident.broken_count,
        "Rows": incident.applicable_count,
        "What is wrong": wrong_text(incident),
        "Where": subject_text(incident),
        "Source": incident.source_system,
        "Severity": SEVERITIES[incident.severity],
        "Owner": incident.owner_name or "",
    }


def _label(incident: Any) -> str:
    return (
        f"{wrong_text(incident)} ({subject_text(incident)}, {incident.source_system})"
    )
