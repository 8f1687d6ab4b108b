"""The whole application: the gate, the way in, and behind them the pages."""

from pathlib import Path

from starlette.middleware import Middleware
from streamlit.runtime import Runtime
from streamlit.starlette import App

from dashboards.serving.account import Account
from dashboards.serving.answers import logged
from dashboards.serving.elsewhere import way_to_dagster
from dashboards.serving.entrance import Entrance
from dashboards.serving.gate import Gate
from dashboards.serving.media import OwnMedia
from dashboards.serving.provider import Provider
from dashboards.serving.second_step import SecondStep
from pipelines.settings import Settings

SCRIPT = Path(__file__).parents[1] / "app.py"


class Pages(App):
    """Streamlit's application, with files that belong to one session each."""

    def __init__(self, settings: Settings) -> None:
        """Serve the pages of one installation behind the gate."""
        self.media = OwnMedia(settings, "/media")
        super().__init__(
            SCRIPT,
            routes=[
                *Entrance(settings).routes(),
                *SecondStep(settings).routes(),
                *Provider(settings).routes(),
                *Account(settings).routes(),
                way_to_dagster(settings),
            ],
            middleware=[Middleware(Gate, settings=settings, media=self.media)],
            on_script_error=hide,
        )

    def _create_runtime(self) -> Runtime:
        runtime = super()._create_runtime()
        # Streamlit has no option for a storage of one's own.
        runtime.media_file_mgr._storage = self.media  # noqa: SLF001
        return runtime


def hide(error: Exception) -> bool:
    """Show a number in place of an error of a page; a callback's comes this way."""
    import streamlit as st  # noqa: PLC0415

    st.error(f"This could not be done. Error number {logged(error)}.")
    return True
