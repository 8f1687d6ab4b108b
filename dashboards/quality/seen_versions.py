"""Which version of a decision somebody saw when they wrote what they send now.

A page is read anew before it handles what was sent, so it may know of a later decision
than the one that its reader had before them.
"""

import streamlit as st


def version_seen(of_what: str, version: int) -> int:
    """Return the version that was shown last; ``version`` is the one shown now."""
    key = f"version_seen_{of_what}"
    seen = st.session_state.get(key, version)
    st.session_state[key] = version
    return seen
