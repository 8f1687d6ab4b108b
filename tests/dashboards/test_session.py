"""An idle page: when it is left, and that looking at the clock keeps nothing alive."""

import time

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import session
from dashboards.session import IDLE_SECONDS
from pipelines.access.sign_in import IDLE_MINUTES


def runs_of(idle_seconds: float) -> int:
    """Return how often a page runs that was left alone for so long."""

    def script(page: object, session: object, idle_since: float) -> None:
        state = page.session_state
        state["runs"] = state.get("runs", 0) + 1
        if state["runs"] == 1:
            state[session.SEEN_AT] = idle_since
        else:
            session.check()
        session.clear_when_idle()

    idle_since = time.monotonic() - idle_seconds
    page = AppTest.from_function(script, args=(st, session, idle_since)).run()
    assert not page.exception
    return page.session_state["runs"]


@pytest.mark.parametrize(
    ("idle_seconds", "runs"), [(0, 1), (IDLE_SECONDS - 5, 1), (IDLE_SECONDS + 1, 2)]
)
def test_an_idle_page_runs_again_once_its_session_has_ended(
    idle_seconds: float, runs: int
) -> None:
    assert runs_of(idle_seconds) == runs


def test_the_page_looks_after_the_session_has_ended_and_not_before() -> None:
    assert IDLE_SECONDS > IDLE_MINUTES * 60
