"""The loads: how many records came, and what became of every one."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboards.chart.words import plain, time_text
from dashboards.freshness import show_freshness
from dashboards.quality.choosing import show_refused_link
from dashboards.quality.load_chart import load_chart
from dashboards.quality.printing import offer_delivery_report
from dashboards.quality.reading import MOST_LOADS, read_load, read_loads
from dashboards.quality.words import STATUSES, VERDICTS, count_text, feed_text

LOADS_PER_PAGE = 10
ALL = "All sources"
MORE = "loads_shown"
FROM_QUARANTINE = "● Landed from the rows that waited"
COUNTS = {
    "records": "Records",
    "mapped": "Read",
    "excluded": "Left out",
    "refused": "Refused whole",
}
ROWS = {
    "made": "Rows made",
    "landed": "Landed",
    "unchanged": "Unchanged",
    "refused": "Refused",
}


def show_loads() -> None:
    """Show the loads of all sources or of one."""
    source = st.session_state.get("loads_source", ALL)
    frames = read_loads(None if source == ALL else source)
    st.title("Loads", anchor=False)
    show_freshness(frames["freshness"])
    st.caption(
        "One load is one delivery of one source, whole or not at all. Per file: "
        "records = read + left out with a reason + refused whole. Per feed: rows made "
        "= landed + unchanged + refused."
    )
    sources = [ALL, *frames["sources"]["source_system"]]
    st.selectbox("Source", sources, key="loads_source")
    loads = frames["loads"]
    if loads.empty:
        st.info("Nothing has been delivered yet.")
        return
    st.altair_chart(load_chart(loads))
    shown = st.session_state.get(MORE, LOADS_PER_PAGE)
    for load in loads.head(shown).itertuples():
        _show_load(load)
    if len(loads) > shown:
        st.button("Show more", on_click=_want_more, args=(shown,))
    if len(loads) == MOST_LOADS:
        st.caption(f"The last {MOST_LOADS} loads are shown.")


def _want_more(shown: int) -> None:
    st.session_state[MORE] = shown + LOADS_PER_PAGE


def _show_load(load: Any) -> None:
    with st.container(border=True, gap="small"):
        source = plain(load.source_system)
        st.markdown(
            f"**{_status(load)}** · load {load.delivery_id} · {source} · "
            f"{time_text(load.landed_at)}"
        )
        if load.held_because:
            st.error(plain(_without_rule(load.held_because)))
        st.markdown(_books(load))
        is_open = st.toggle("Files and feeds", key=f"load_{load.delivery_id}")
        if is_open:
            _show_details(int(load.delivery_id))
        if load.refused_rows or load.refused_records:
            show_refused_link(int(load.delivery_id))


def _status(load: Any) -> str:
    """Return whether it landed; what came from quarantine is no new delivery."""
    return FROM_QUARANTINE if load.is_replay else STATUSES[load.status]


def _books(load: Any) -> str:
    return (
        f"{count_text(load.files_count, 'file')}, "
        f"{count_text(load.records, 'record')} = {load.mapped:,} read + "
        f"{load.excluded:,} left out + {load.refused_records:,} refused whole; "
        f"{count_text(load.made, 'row')} = {load.landed:,} landed + "
        f"{load.unchanged:,} unchanged + {load.refused_rows:,} refused; "
        f"{count_text(load.broken_rules, 'rule')} broken"
    )


def _show_details(delivery_id: int) -> None:
    offer_delivery_report(delivery_id)
    frames = read_load(delivery_id)
    files = frames["files"].assign(verdict=frames["files"]["verdict"].map(VERDICTS))
    st.caption("Files, by the table that each stands for; a file's name may be a "
               "patient's and is not shown.")  # fmt: skip
    columns = {"table_name": "Table", "verdict": "Was"} | COUNTS | {"problem": "Note"}
    _show_table(files, columns)
    if not frames["exclusions"].empty:
        st.caption("Records that rightly are in no feed")
        columns = {"table_name": "Table", "reason": "Reason", "records": "Records"}
        _show_table(frames["exclusions"], columns)
    if not frames["feeds"].empty:
        st.caption("Feeds")
        feeds = frames["feeds"].assign(feed=frames["feeds"]["feed"].map(feed_text))
        _show_table(feeds, {"feed": "Feed"} | ROWS)


def _show_table(frame: pd.DataFrame, columns: dict[str, str]) -> None:
    kept = {name: title for name, title in columns.items() if frame[name].notna().any()}
    shown = frame[list(kept)].rename(columns=kept)
    st.dataframe(shown, hide_index=True)


def _without_rule(because: str) -> str:
    """Return why a load is held, without the inner names of its rules."""
    return "; ".join(each.split(": ", 1)[-1] for each in because.split("; "))
