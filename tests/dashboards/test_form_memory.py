"""What a form offers again after saving, and while others save: what holds now."""

from typing import Any

import pytest

from dashboards.forms import memory
from dashboards.forms.fields import line
from dashboards.forms.memory import memory_of, set_typed

FORM = "change contact 1"
PHONE = line("phone", "Telephone")
OLD, NEW = {"phone": "0142"}, {"phone": "0199"}


@pytest.fixture(autouse=True)
def drafts(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Return the drafts of a session that has nothing in it."""
    kept: dict[str, dict[str, Any]] = {}
    monkeypatch.setattr(memory.st, "session_state", {})
    monkeypatch.setattr(memory.drafts, "kept", kept.get)
    monkeypatch.setattr(memory.drafts, "keep", kept.__setitem__)
    monkeypatch.setattr(memory.drafts, "forget", lambda key: kept.pop(key, None))
    return kept


def test_a_form_that_was_saved_offers_what_was_saved_and_not_what_was_before() -> None:
    opened = memory_of(FORM, OLD)
    set_typed(opened, PHONE, "0199")
    opened.begin_anew(OLD, "Changed")

    again = memory_of(FORM, NEW)
    assert again.typed == NEW
    assert again.result == "Changed"


def test_an_untouched_form_follows_what_others_saved_and_its_widgets_begin_anew() -> (
    None
):
    edition = memory_of(FORM, OLD).edition

    assert memory_of(FORM, OLD).edition == edition
    assert memory_of(FORM, NEW).typed == NEW
    assert memory_of(FORM, NEW).edition != edition


def test_what_was_typed_and_what_was_checked_stays(
    drafts: dict[str, dict[str, Any]],
) -> None:
    set_typed(memory_of(FORM, OLD), PHONE, "0555")
    assert memory_of(FORM, NEW).typed == {"phone": "0555"}
    assert drafts[FORM] == {"phone": "0555"}

    checked = memory_of("another form", OLD)
    checked.checked = OLD
    assert memory_of("another form", NEW).typed == OLD


def test_a_draft_stays_whatever_has_changed_meanwhile(
    drafts: dict[str, dict[str, Any]],
) -> None:
    drafts[FORM] = {"phone": "0555"}

    assert memory_of(FORM, NEW).typed == {"phone": "0555"}
    assert memory_of(FORM, OLD).typed == {"phone": "0555"}
