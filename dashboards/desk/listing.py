"""Lists of entries at the desk: what stands there, who wrote it, what is processed."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboards.chart.words import plain
from dashboards.writing.words import author_words, processed_words
from pipelines.record.actions.entry import Entry


def show_entries(
    listed: Sequence[Entry], words: Callable[[Entry], str], nothing: str
) -> None:
    """Show one line per entry, the newest first."""
    if not listed:
        st.info(nothing)
    for entry in sorted(listed, key=lambda each: each.changed_at, reverse=True):
        mark = ":material/hourglass_top: " if entry.is_pending else ""
        st.markdown(f"{mark}{plain(words(entry))}")
        st.caption(plain(f"{author_words(entry)}{processed_words(entry)}"))
