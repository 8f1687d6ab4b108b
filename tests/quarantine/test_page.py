"""The page of refused rows: choose, correct, decide, and who decided why."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.dashboards.test_uploads import page_of, said
from tests.quarantine.test_deciding import PAYMENTS, payment
from tests.record.laboratory import PASSWORD, QUALITY

REFUSED = "views/quality/refused_rows.py"
WHY = "the sender confirmed it by telephone"
ACTS = """
    select action, subject, result, purpose from audit.event
    where action like '%% refused %%' order by event_id desc limit 2
"""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with a person who works for quality."""
    for settings in running_installation(tmp_path_factory.mktemp("desk")):
        with connect(settings, Role.OWNER) as connection:
            create_person(connection, QUALITY, PASSWORD)
        yield settings


def deliver(desk: Settings, lines: list[str]) -> None:
    """Load payments of a source."""
    path = desk.root / "delivered" / "payments.csv"
    path.parent.mkdir()
    path.write_text("\n".join([*lines, ""]))
    load(desk, path, format_name="csv", source_system="billing")


def test_a_renamed_column_is_named_on_the_page(
    desk: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = PAYMENTS.replace("status_code", "pay_state")
    deliver(desk, [header, payment("N1"), payment("N2")])
    page = page_of(desk, monkeypatch, "quality").switch_page(REFUSED).run()
    assert "2 records refused = 2 waiting" in said(page)

    page.selectbox(key="naming_table").set_value("payments").run()
    name_column(page, "amount", "status_code")
    assert "is read as such" in page.error[0].value
    name_column(page, "pay_state", "status_code")
    assert "Corrected." in said(page)
    decide(page, "Read again")

    assert "2 records refused = 0 waiting + 2 released" in said(page)


def name_column(page: AppTest, delivered: str, column: str) -> None:
    told(page, "naming_delivered", delivered)
    page.selectbox(key="naming_column").set_value(column)
    told(page, "naming_reason", WHY)
    press(page, "Correct the name")


def told(page: AppTest, label: str, text: str) -> None:
    next(each for each in page.text_input if each.key == label).input(text)


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click().run()
    return page


def decide(page: AppTest, act: str, reason: str = WHY) -> AppTest:
    choice = page.radio[0]
    choice.set_value(next(each for each in choice.options if each.startswith(act)))
    told(page, "refused_decision_reason", reason)
    next(each for each in page.checkbox if each.key == "refused_is_sure").check()
    return press(page, "Decide")


def test_from_a_wrong_code_to_rows_that_landed(
    desk: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = [
        payment(f"R{number}", "POSTD").replace(",P1,", f",P{number},")
        for number in range(3)
    ]
    deliver(desk, [PAYMENTS, *(payment(f"S{number}") for number in range(9)), *refused])
    page = page_of(desk, monkeypatch, "quality").switch_page(REFUSED).run()
    assert "3 records refused = 3 waiting + 0 released + 0 discarded" in said(page)
    assert "This is about **3 rows** that match and wait." in said(page)
    assert "Choose a feed to correct a code or a unit of it." in said(page)

    # Without the tick of how many, without a reason, and one row alone.
    press(page, "Decide")
    assert "Nothing was decided" in said(page)
    decide(page, "Discard", reason="no")
    assert "why" in page.error[0].value
    page.checkbox[0].check().run()
    assert "This is about **1 row** chosen above." in said(page)
    decide(page, "Discard")
    assert "1 refused rows: 0 released, 1 discarded, 0 still waiting" in said(page)
    assert "3 records refused = 2 waiting + 0 released + 1 discarded" in said(page)
    assert "Discarded by quality" in said(page)
    assert WHY in said(page)

    # The wrong code, corrected, and the rows read again.
    page.selectbox[1].set_value("payments").run()
    press(page, "Show the codes and units of the rows that wait")
    column = next(each for each in page.selectbox if each.key == "correction_column")
    column.set_value("status_code")
    told(page, "correction_delivered", "POSTD")
    told(page, "correction_mapped", "posted")
    told(page, "correction_reason", WHY)
    press(page, "Correct it")
    assert "Corrected." in said(page)
    decide(page, "Read again")
    assert "2 refused rows: 2 released" in said(page)
    assert "3 records refused = 0 waiting + 2 released + 1 discarded" in said(page)

    page.selectbox[3].set_value("released").run()
    assert "2 rows; 1 to 2 shown" in said(page)
    assert "Read again and landed by quality" in said(page)
    with connect(desk, Role.OWNER) as connection:
        acts = connection.execute(ACTS.replace("%%", "%")).fetchall()
    assert [act[2] for act in acts] == ["ok", "intended"]
    assert {act[0] for act in acts} == {"replay refused rows"}
    assert {act[3] for act in acts} == {WHY}
