"""Shares as they are shown: only nothing is 0 %, and only all is 100 %."""

import streamlit as st

LEAST, MOST = 0.1, 99.9
SHARE = st.column_config.NumberColumn(format="%.1f %%", width="small")
COUNT = st.column_config.NumberColumn(format="localized", width="small")


def share_number(part: float, whole: float) -> float:
    """Return a share in percent, for a column that can be sorted.

    What is not nothing is at least 0.1, what is not all at most 99.9. ``whole`` is
    not 0.
    """
    if part in (0, whole):
        return 100.0 if part else 0.0
    return min(max(100 * part / whole, LEAST), MOST)


def percent(part: float, whole: float) -> str:
    """Return a share in words. ``whole`` is not 0."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    share = 100 * part / whole
    if share < LEAST:
        return f"below {LEAST} %"
    if share > MOST:
        return f"above {MOST} %"
    return f"{share:.1f} %"
