"""The dashboards ask nobody outside, whoever knocks."""

import pytest
from streamlit import net_util
from streamlit.web import cli
from streamlit.web.server.server_util import is_url_from_allowed_origins

from pipelines.settings import load_settings
from pipelines.supervision import dashboard_pages
from pipelines.supervision.programs import dashboards


def test_another_site_is_refused_without_asking_anybody_for_our_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    for name in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, name, lambda name=name: asked.append(name))
    monkeypatch.setattr(cli, "main", lambda **_: None)

    dashboard_pages.main()

    assert not is_url_from_allowed_origins("http://evil.example")
    assert is_url_from_allowed_origins("http://127.0.0.1:8501")
    assert asked == []


def test_the_dashboards_are_started_that_way() -> None:
    assert dashboard_pages.__name__ in dashboards(load_settings()).command
