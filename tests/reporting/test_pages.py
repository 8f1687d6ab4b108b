"""The pages: the scorecard, reports to download, and what could not be told."""

from collections.abc import Callable

import pandas as pd
import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.quality.scorecard_grid import cell_of, grid_of
from dashboards.quality.scorecard_history import shares_of
from pipelines.access.printed_reports import rows_of
from pipelines.settings import Settings
from tests.dashboards.test_uploads import page_of, said
from tests.record.laboratory import line
from tests.reporting.conftest import OFFICER
from tests.reporting.reading_back import read_back
from tests.reporting.test_scorecard import CHECKS, SOURCE, build_found

SCORECARD, LOADS = "views/quality/scorecard.py", "views/quality/loads.py"
CHANNEL = """
    insert into quality.alert_channel (
        channel, failed_tries, problem, failed_at, next_try_at
    )
    values ('webhook', 3, 'the receiver answered 500', now(), now())
"""


@pytest.fixture
def page(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the pages with an officer signed in."""
    return page_of(installation, monkeypatch, OFFICER.user_id)


def press(page: AppTest, label: str) -> AppTest:
    """Press the first button of a label."""
    return next(each for each in page.button if each.label == label).click().run()


def test_without_anything_judged_the_page_says_so(page: AppTest) -> None:
    page.switch_page(SCORECARD).run()

    assert page.title[0].value == "Scorecard"
    assert "Nothing has been judged yet" in page.info[0].value


def test_the_grid_tells_sources_then_feeds_and_leads_to_what_fails(
    page: AppTest, owner: psycopg.Connection, deliver: Callable[..., int]
) -> None:
    deliver(line("A1"), line("A2"))
    states = ["passed"] * 20 + ["failed"] * 2 + ["not_applicable"] * 8
    build_found(owner, 1, states)
    page.switch_page(SCORECARD).run()
    grid = page.dataframe[0].value
    assert SOURCE in grid.index

    page.selectbox(key="scorecard_source").set_value(SOURCE).run()
    told = said(page)
    assert "✕ 20 of 22 (90.9 %)" in told
    assert "8 checks had nothing to judge" in told
    assert set(page.dataframe[0].value.index) == {
        check.check_id.split(":")[0] for check in CHECKS[:30]
    }
    assert len(page.dataframe[1].value) >= 1
    press(page, "Open the incidents of this source")
    assert page.title[0].value == "Incidents"


def test_the_report_of_a_month_is_made_on_the_page(
    page: AppTest, owner: psycopg.Connection
) -> None:
    build_found(owner, 1, ["passed"])
    page.switch_page(SCORECARD).run()
    press(page, "Make a printable report")
    name, html = page.session_state["kept_report"]

    assert name.startswith("month-2")
    assert "100 % of 1 checks passed" in read_back(html).subtitle


def test_the_report_of_a_delivery_is_made_on_the_page(
    page: AppTest, deliver: Callable[..., int], owner: psycopg.Connection
) -> None:
    number = deliver(line("A1"), line("A2"), line("SECRETID", code=""))
    page.switch_page(LOADS).run()
    page.toggle(key=f"load_{number}").set_value(True).run()
    press(page, "Make a printable report")
    _, html = page.session_state["kept_report"]
    (feed,) = read_back(html).tables["What became of the rows"]

    assert [*feed.values()] == ["lab_results", "3", "2", "0", "1"]
    assert "SECRETID" not in html
    subjects = owner.execute(
        "select subject from audit.event order by event_id desc limit 5"
    )
    assert (f"report of load {number}",) in subjects.fetchall()


def test_what_could_not_be_told_is_told_on_the_page(
    page: AppTest, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.execute(CHANNEL)
    assert [each.value for each in page.run().warning] == []
    monkeypatch.setenv("EHR_ALERT_WEBHOOK_URL", "https://alerts.example.org")
    monkeypatch.setenv("EHR_ALERT_WEBHOOK_SECRET", "secret")
    (told,) = page.run().warning

    assert "could not be sent by webhook: the receiver answered 500" in told.value


def test_what_had_nothing_to_judge_is_never_called_passed() -> None:
    assert cell_of(0, 0, 5) == "○ none of 5 applies"
    assert cell_of(3, 0, 5) == "● 3 of 3 (100 %)"
    assert cell_of(999, 1, 0) == "✕ 999 of 1,000 (99.9 %)"


def test_a_grid_has_a_line_per_source_and_a_column_per_cell() -> None:
    names = ("source_system", "subject", "kahn_category", "passed", "failed",
             "not_applicable")  # fmt: skip
    rows = [
        ("last", "a", "Conformance/value", 0, 0, 3),
        ("one", "a", "Completeness", 2, 0, 0),
        ("one", "b", "Completeness", 1, 1, 0),
        ("two", "a", "Conformance/value", 0, 0, 3),
    ]
    grid = grid_of(pd.DataFrame(rows, columns=names), "source_system")

    assert [*grid.index] == ["one", "last", "two"]  # what fails stands above
    assert grid.drop("last").to_dict("index") == {
        "one": {"Completeness": "✕ 3 of 4 (75.0 %)", "Conformance, value": ""},
        "two": {"Completeness": "", "Conformance, value": "○ none of 3 applies"},
    }


def test_what_was_not_judged_on_a_day_stands_as_before() -> None:
    names = ("source_system", "measured_in", "subject", "period_day", "passed",
             "failed")  # fmt: skip
    rows = [
        ("one", "build", "a", "2026-03-01", 6, 2),
        ("one", "load", "b", "2026-03-01", 0, 2),
        ("one", "load", "b", "2026-03-02", 2, 0),
        ("two", "load", "b", "2026-03-02", 1, 1),
        ("two", "build", "a", "2026-03-02", 0, 0),
    ]
    shares = shares_of(pd.DataFrame(rows, columns=names))

    assert shares[["source", "share", "judged"]].to_numpy().tolist() == [
        ["one", 60.0, 10],
        ["one", 80.0, 10],
        ["two", 50.0, 2],
    ]


def test_rows_of_a_frame_have_whole_numbers_and_nothing_where_nothing_is() -> None:
    frame = pd.DataFrame({"count": [3.0, None], "text": ["a", None]})

    assert rows_of(frame) == [
        {"count": 3, "text": "a"},
        {"count": None, "text": None},
    ]
