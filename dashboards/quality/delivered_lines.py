"""Delivered lines behind an incident or a report: masked, one whole for a reason."""

from collections.abc import Sequence

import streamlit as st

from dashboards import session
from dashboards.chart.words import plain
from dashboards.failures import capitalised_sentence
from dashboards.quality.masked_fields import show_fields
from pipelines.access.delivered_lines import (
    DeliveredLine,
    Place,
    read_delivered_lines,
    read_whole_delivered_line,
)
from pipelines.access.refused_rows import LONGEST_REASON, RefusedRowError

NO_PLACE = (
    "These rows come from no single line of a delivery: they were worked out from "
    "several."
)


def show_lines(places: Sequence[Place], feed: str, key: str) -> None:
    """Show the lines at some places; ``feed`` says whose words may be shown."""
    if not places:
        st.caption(NO_PLACE)
        return
    lines = read_delivered_lines(
        session.settings(), session.person(), feed, list(places)
    )
    st.caption(
        f"{len(lines)} rows of those that were found. Names, numbers, dates, free text "
        "and whatever is not known to be harmless are masked."
    )
    for line in lines:
        _show_line(line, key)


def _show_line(line: DeliveredLine, key: str) -> None:
    with st.container(border=True, gap="small"):
        st.caption(
            f"Load {line.delivery_id} · {plain(line.source_system)} · file "
            f"{line.file_id} ({plain(line.table_name)}), line {line.line_number:,}"
        )
        if line.fields:
            show_fields([field for field in line.fields if field.text])
        elif line.shape:
            st.code(line.shape, language=None, wrap_lines=True)
        else:
            st.caption("The archive has no such line any more.")
            return
        _show_whole((line.file_id, line.line_number), key)


def _show_whole(place: Place, key: str) -> None:
    """Offer the line unmasked; it is shown once, in this run of the page alone."""
    name = f"{key}_{place[0]}_{place[1]}"
    with st.popover("Show the whole line", type="tertiary"):
        with st.form(f"delivered_{name}", border=False):
            reason = st.text_input(
                "Why do you need it?",
                key=f"delivered_reason_{name}",
                max_chars=LONGEST_REASON,
                help="Your name, this line and the reason go into the audit before "
                "it is shown. Write no patient's name here.",
            )
            is_asked = st.form_submit_button("Show it")
        if is_asked:
            _show_text(place, reason)


def _show_text(place: Place, reason: str) -> None:
    try:
        text = read_whole_delivered_line(
            session.settings(), session.person(), place, reason
        )
    except RefusedRowError as error:
        st.error(capitalised_sentence(str(error)))
    else:
        st.code(text, language=None, wrap_lines=True)
        st.caption("Recorded in the audit.")
