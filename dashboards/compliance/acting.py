"""One way of doing what a compliance officer decides: done, or told why not."""

from collections.abc import Callable

import streamlit as st

from dashboards.failures import capitalised_sentence, told_failure
from pipelines.access.acting import RuleError

DONE = "compliance_done"


def decide(action: Callable[[], None], done: str) -> None:
    """Do it and say so on the page that follows; otherwise say why not."""
    try:
        action()
    except RuleError as error:
        st.error(capitalised_sentence(str(error)))
    except Exception as error:  # noqa: BLE001 - nobody may see what an error holds
        st.error(told_failure(error))
    else:
        st.session_state[DONE] = done
        st.rerun()


def show_done() -> None:
    """Say once what was done a moment ago."""
    if done := st.session_state.pop(DONE, None):
        st.success(done)
