"""What every page says while the audit store is away."""

import streamlit as st

from dashboards import session
from pipelines.access import audit

MINUTE = 60


def show_audit_banner() -> None:
    """Say that events wait for the trail, and how long the first has waited."""
    state = audit.waiting(session.settings())
    if not state.length:
        return
    minutes = int(state.seconds // MINUTE)
    since = f"{minutes} minutes" if minutes != 1 else "1 minute"
    st.warning(
        "The audit store is away; what you do is kept and will be added. "
        f"{state.length:,} waiting for {since}.",
        icon=":material/cloud_off:",
    )
