"""A patient asks for a refill beside its medicine; the doctor's queue has it."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.clinicians.conftest import Clinic
from tests.clinicians.test_forms import press, said
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"


def opened(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, user_id: str, page: str
) -> AppTest:
    """Return a page as somebody sees it."""
    monkeypatch.setenv("EHR_HOME", str(clinic.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), user_id)
    return app.switch_page(f"views/{page}.py").run()


def ways_to_ask(app: AppTest) -> list[str]:
    """Return the buttons that ask for a refill, by their keys."""
    return [each.key for each in app.button if each.label == "Ask for a refill"]


def test_a_refill_is_asked_for_beside_its_medicine_and_waits(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(clinic, monkeypatch, "patient", "patient/medicines")
    first, *others = ways_to_ask(page)
    assert re.search(r"Refills: (?:none|\d+) left", said(page))
    page.button(key=first).click().run()
    assert ways_to_ask(page) == others  # one form is open at a time
    press(page, "Check and go on")
    words = said(press(page, "Save"))

    assert "Asked for a refill" in words
    assert ": **waits for an answer** (being processed)" in words
    assert ways_to_ask(page) == others
    asked = clinic.entries("medication_requests")[-1]
    assert first == f"refill_{asked.values['prescription_id']}"
    again = opened(clinic, monkeypatch, "patient", "patient/medicines")
    assert ": **waits for an answer**" in said(again)
    assert ways_to_ask(again) == others

    queue = opened(clinic, monkeypatch, "doctor", "doctor/requests")
    assert "Waits since today, asked " in said(queue)
    assert f"answer_{asked.record_id}" in [each.key for each in queue.button]
    assert "Due or overdue, and not asked for (" in queue.subheader[-1].value
