"""What people saved a moment ago and the marts do not know yet."""

from collections.abc import Sequence

import streamlit as st

from dashboards import session
from pipelines.record.actions.acknowledging import (
    PendingAcknowledgement,
    pending_acknowledgements,
)
from pipelines.record.actions.failures import ActionError


def acknowledged_just_now(
    lab_result_keys: Sequence[str],
) -> list[PendingAcknowledgement]:
    """Return what the record holds about results that this page has read.

    A record that cannot be read hides no result: the page says so and shows them all.
    """
    try:
        return pending_acknowledgements(
            session.settings(), session.person(), lab_result_keys
        )
    except ActionError:
        st.warning("Acknowledgements of the last minutes cannot be shown just now.")
        return []
