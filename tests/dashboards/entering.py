"""Signing in to the app as ``AppTest`` runs it: without a server there is no cookie."""

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from dashboards import session
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.settings import load_settings

# Seconds for a run of a page. It is no measure of speed: a machine that stood still for
# a minute is no reason to be red.
PATIENCE = 180
# The state of an app under test, by its identity, and the token its browser would send.
TOKENS: dict[int, tuple[SessionState, str]] = {}


def token_of_app() -> str:
    """Return the token of the app that runs."""
    context = get_script_run_ctx()
    state = context.session_state._state if context else None  # noqa: SLF001
    return TOKENS.get(id(state), (None, ""))[1]


session.token_of_browser = token_of_app


def enter_as(app: AppTest, user_id: str) -> AppTest:
    """Give an app a persona's cookie, and run it."""
    return enter_with(app, sign_in_as_persona(load_settings(), user_id).token)


def enter_with(app: AppTest, token: str) -> AppTest:
    """Give an app a cookie, and run it."""
    state = app._session_state._state  # noqa: SLF001 - the one that the script has
    TOKENS[id(state)] = (state, token)
    return app.run()
