"""The page of incidents as an officer meets it, without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.dashboards.test_uploads import page_of, said
from tests.incidents.conftest import ENGINEER, OFFICER
from tests.incidents.finding import CHECK, SOURCE, found
from tests.record.laboratory import file_of, line

CANARIES = ("Canary", "P000451", "SECRETID")
KEY = f"{SOURCE}_{CHECK}"
EMPTY_CODE = line("SECRETID", patient="P000451", code="")
UNMASKED = """
    select action, subject, purpose from audit.event where action = 'unmask'
    order by event_id desc limit 1
"""


@pytest.fixture
def deliver(installation: Settings, tmp_path: Path) -> Callable[..., None]:
    """Return what loads some lines of results."""

    def load_lines(*lines: str) -> None:
        path = tmp_path / "lab_results-Canary.csv"
        path.write_bytes(file_of(*lines))
        load(installation, path, format_name="csv", source_system=SOURCE)

    return load_lines


@pytest.fixture
def page(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page with an officer signed in."""
    return page_of(installation, monkeypatch, OFFICER.user_id)


def button(page: AppTest, label: str) -> None:
    """Press the first button of a label."""
    next(each for each in page.button if each.label == label).click().run()


def cards(page: AppTest) -> list[str]:
    """Return the first line of each incident."""
    return [each.value for each in page.markdown if "** · " in each.value]


def test_it_is_the_first_page_and_says_when_nothing_has_failed(page: AppTest) -> None:
    assert page.title[0].value == "Incidents"
    assert "No check has failed so far" in page.info[0].value


def test_a_bad_load_opens_an_incident_that_leads_to_its_rows(
    deliver: Callable[..., None], page: AppTest
) -> None:
    deliver(line("A1"), EMPTY_CODE)
    text = said(page.run())

    assert "▲ New" in text
    assert "patients not known" in text
    assert "Test\\_code is empty" in text or "test\\_code is empty" in text
    assert "1 of 2 rows broke it (50.0 %)" in text
    assert "1 refused row waits in quarantine." in text
    assert "nobody owns it" in text
    assert [each for each in CANARIES if each in text] == []

    button(page, "See the refused rows")
    assert page.title[0].value == "Refused rows"
    assert "1 row; 1 to 1 shown" in said(page)


def test_a_good_load_makes_it_better_while_a_row_still_waits(
    deliver: Callable[..., None], page: AppTest
) -> None:
    deliver(line("B1"), EMPTY_CODE)
    deliver(line("B2"))
    text = said(page.run())

    assert "▽ Better" in text
    assert "waits in quarantine, though the last load kept the rule" in text


@pytest.mark.parametrize("status", ["released", "discarded"])
def test_it_is_resolved_once_every_refused_row_is_dealt_with(
    installation: Settings, deliver: Callable[..., None], page: AppTest, status: str
) -> None:
    deliver(line(f"C-{status}"), EMPTY_CODE)
    with connect(installation, Role.OWNER) as owner:
        owner.execute("update quarantine.row set status = %s", (status,))
    text = said(page.run())

    assert "No incident is open" in text
    assert "● Resolved: 1" in page.pills(key="incident_states").options


def test_a_held_load_is_an_incident_whatever_was_dealt_with_before(
    installation: Settings, deliver: Callable[..., None], page: AppTest
) -> None:
    deliver(line("D1"), EMPTY_CODE)
    with connect(installation, Role.OWNER) as owner:
        owner.execute("update quarantine.row set status = 'discarded'")
    deliver(*(line(f"H{number}", code="") for number in range(20)))
    text = said(page.run())

    assert "▲ Worse" in text
    assert "20 of 20 rows broke it (100 %)" in text


def test_at_most_ten_are_shown_by_patients_then_severity(
    installation: Settings, page: AppTest
) -> None:
    for number in range(11):
        found(installation, 1, 50, check_id=f"fct_claims:{number}", patients=number)
    found(installation, 1, 7, patients=10)
    found(installation, 1, 30, check_id="fct_claims:no_patients")
    text = said(page.run())

    shown = cards(page)
    assert len(shown) == 10
    assert "patients not known" in shown[0]
    assert [each.split(" · ")[1:3] for each in shown[1:3]] == [
        ["10 patients affected", "mart fct\\_lab\\_results"],
        ["10 patients affected", "mart fct\\_claims"],
    ]
    assert "13 incidents, 10 shown" in text
    assert len(page.dataframe[0].value) == 3

    page.selectbox(key="incident_of_the_rest").select_index(0).run()
    assert len(cards(page)) == 11


def test_an_officer_takes_assigns_comments_and_waives(
    installation: Settings, page: AppTest
) -> None:
    found(installation, 1, 100, 1000, patients=40)
    page.run()
    button(page, "Take it")
    assert f"owner: {OFFICER.display_name}" in said(page)
    assert "The incident is yours." in page.success[0].value
    assert "Take it" not in [each.label for each in page.button]

    page.selectbox(key=f"owner_{KEY}").set_value(ENGINEER.user_id)
    button(page, "Assign it")
    assert f"owner: {ENGINEER.display_name}" in said(page)

    page.text_area(key=f"comment_words_{KEY}").input("It comes from analyser 4")
    button(page, "Add the comment")
    assert "It comes from analyser 4" in said(page)

    page.text_area(key=f"waive_reason_{KEY}").input("short")
    button(page, "Waive it")
    assert "at least 10 letters" in page.error[0].value

    page.text_area(key=f"waive_reason_{KEY}").input("The sender mends it in March")
    button(page, "Waive it")
    assert "No incident is open" in said(page)

    page.pills(key="incident_states").set_value(["waived"]).run()
    assert "Waived until" in said(page)
    page.toggle(key=f"story_{KEY}").set_value(True).run()
    story = said(page)
    assert "waived until" in story
    assert f"given to {ENGINEER.display_name} by {OFFICER.display_name}" in story
    assert "▲ New: 100 of 1,000" in story

    page.text_area(key=f"end_reason_{KEY}").input("The sender will not mend it")
    button(page, "End it now")
    page.pills(key="incident_states").set_value([]).run()
    assert "▲ New" in said(page)


def test_an_incident_is_found_by_source_and_owner(
    installation: Settings, page: AppTest
) -> None:
    found(installation, 1, 100, 1000)
    found(installation, 1, 100, 1000, source="clinic")
    page.run()
    button(page, "Take it")
    assert len(cards(page)) == 2

    page.selectbox(key="incident_owner").set_value("Me").run()
    assert len(cards(page)) == 1
    page.selectbox(key="incident_owner").set_value("Nobody").run()
    assert len(cards(page)) == 1
    page.selectbox(key="incident_owner").set_value("Anybody").run()
    page.selectbox(key="incident_source").set_value("clinic").run()
    assert " · clinic · " in "".join(cards(page))
    assert len(cards(page)) == 1


def test_how_it_developed_is_told_in_numbers(
    installation: Settings, page: AppTest
) -> None:
    found(installation, 1, 100, 1000)
    found(installation, 2, 300, 1000)
    text = said(page.run())

    assert "▲ Worse" in text
    assert "Rows that broke it, oldest first: 100 (10.0 %), 300 (30.0 %)" in text


def test_from_a_marts_check_to_its_masked_lines_and_one_whole_for_a_reason(
    installation: Settings, deliver: Callable[..., None], page: AppTest
) -> None:
    deliver(line("E1", patient="P000451"), line("SECRETID", patient="P000451"))
    found(installation, 1, 100, 1000)
    with connect(installation, Role.OWNER) as owner:
        owner.execute(
            "insert into quality.mart_check_row "
            "select 1, %s, %s, 1, delivery_id, file_id, 3 from raw.delivery_file "
            "order by file_id desc limit 1",
            (CHECK, SOURCE),
        )
    page.run().toggle(key=f"rows_{KEY}").set_value(True).run()
    text = said(page)

    assert ", line 3" in text
    assert "Masked: " in text
    assert [each for each in CANARIES if each in text] == []

    reason = next(each for each in page.text_input if "delivered_reason" in each.key)
    reason.input("too short")
    button(page, "Show it")
    assert not page.code
    reason = next(each for each in page.text_input if "delivered_reason" in each.key)
    reason.input("to tell the sender which row it was")
    button(page, "Show it")
    assert "SECRETID" in page.code[0].value
    with connect(installation, Role.OWNER) as owner:
        action, subject, purpose = owner.execute(UNMASKED).fetchone()
    assert (action, purpose) == ("unmask", "to tell the sender which row it was")
    assert subject.endswith(", line 3")


def test_rows_without_a_line_say_so(installation: Settings, page: AppTest) -> None:
    found(installation, 1, 100, 1000)
    page.run().toggle(key=f"rows_{KEY}").set_value(True).run()

    assert "come from no single line" in said(page)
