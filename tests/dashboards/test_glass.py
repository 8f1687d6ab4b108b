"""A restricted record on the pages: found, opened with a reason, closed again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import session
from dashboards.glass.hidden import KEPT_BACK, told_hidden
from dashboards.place import place_of
from pipelines.access.people import Person, create_person, find_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.conftest import PASSWORD
from tests.dashboards.entering import PATIENCE, enter_as

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
RESTRICT = """
    insert into access.restriction (patient_key, label_code, set_by, reason)
    values (1, 'patient_wish', 'x', 'x')
"""
LABELLED = """
    create table marts.fct_labelled_facts (
        patient_key bigint, kind_code text, fact_key text, sensitivity integer
    );
    insert into marts.fct_labelled_facts values
        (3, 'prescriptions', 'x', 1), (3, 'encounters', 'y', 1),
        (3, 'encounters', 'z', 1), (3, 'conditions', 'u', 2), (1, 'encounters', 'v', 1)
"""
UNDO = "delete from access.restriction; delete from access.break_glass"


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Yield the app of a hospital of which one patient is restricted."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(RESTRICT)
        if find_person(owner, "support") is None:
            create_person(owner, Person("support", "Support", "support"), PASSWORD)
    yield AppTest.from_file(str(APP), default_timeout=PATIENCE).run()
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(UNDO)


def searched(app: AppTest, text: str) -> AppTest:
    enter_as(app, "doctor").switch_page("views/doctor/patients.py").run()
    return app.text_input(key="search").input(text).run()


def said(app: AppTest) -> str:
    kinds = ("markdown", "info", "warning", "error", "success", "caption")
    return "\n".join(element.value for kind in kinds for element in app.get(kind))


def break_it(app: AppTest, password: str) -> AppTest:
    app.selectbox(key="glass_reason").select("emergency")
    app.text_area(key="glass_text").input("brought in unconscious")
    app.text_input(key="glass_password").input(password)
    button = next(each for each in app.button if each.label == "Break the glass")
    return button.click().run()


def test_a_beginning_of_the_name_tells_nothing_of_a_restricted_record(
    app: AppTest,
) -> None:
    searched(app, "meyer")

    assert "restricted" not in said(app)
    assert not any(button.key == "open_1" for button in app.button)


def test_a_doctor_opens_a_restricted_record_and_closes_it(app: AppTest) -> None:
    searched(app, "000451-7")
    assert "restricted to the treating team" in said(app)
    assert "Meyer" not in said(app)

    break_it(app, PASSWORD)

    assert app.title[0].value == "Meyer, Ada"
    assert "open to you for 60 more minutes" in app.error[0].value

    app.switch_page("views/doctor/chart.py").run()
    close = next(each for each in app.button if each.label == "Close it now")
    close.click().run()

    assert app.title[0].value == "Chart"
    assert "not open to you" in said(app)
    assert "You have broken the glass" not in said(app)


def test_a_wrong_password_opens_nothing(app: AppTest) -> None:
    break_it(searched(app, "000451-7"), "wrong")

    assert any("password is wrong" in error.value for error in app.error)
    assert all("Meyer" not in title.value for title in app.title)


@pytest.mark.parametrize(
    ("proof", "asks_password", "asks_provider"),
    [
        ((False, False), True, False),
        ((True, False), False, True),
        ((True, True), False, False),
    ],
)
def test_whom_the_provider_let_in_is_asked_by_the_provider(
    app: AppTest,
    hospital: Settings,
    monkeypatch: pytest.MonkeyPatch,
    proof: tuple[bool, bool],
    *,
    asks_password: bool,
    asks_provider: bool,
) -> None:
    monkeypatch.setattr(session, "proof", lambda: proof)
    searched(app, "000451-7")
    asked = {field.key for field in app.text_input}
    offered = {button.key for button in app.button}

    assert ("glass_password" in asked) is asks_password
    assert ("glass_provider" in offered) is asks_provider
    assert ("glass_reason" in {box.key for box in app.selectbox}) is not asks_provider
    if asks_provider:
        app.button(key="glass_provider").click().run()
        with connect(hospital, Role.OWNER) as owner:
            doctor = find_person(owner, "doctor")
        assert place_of(hospital, doctor) == {"patient_key": 1}


def test_support_asks_why_and_is_told_no_name(app: AppTest) -> None:
    enter_as(app, "support")
    app.text_input(key="why_user").input("doctor")
    app.text_input(key="why_number").input("000451-7")
    button = next(each for each in app.button if each.label == "Explain")
    button.click().run()

    assert "doctor cannot see this patient." in said(app)
    assert "this patient is restricted" in said(app)
    assert "Meyer" not in said(app)


def test_the_chart_says_in_each_section_that_it_is_not_all(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(LABELLED)
    try:
        enter_as(app, "doctor")
        app.session_state["patient_key"] = 3
        app.switch_page("views/doctor/chart.py").run()

        assert "kept to the treating team: 2 visits, 1 medicine" in said(app)
        assert "This is not all: 1 medicine kept" in said(app)
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute("drop table marts.fct_labelled_facts")


def test_no_section_says_none_where_something_is_kept_back(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(LABELLED)
    try:
        enter_as(app, "doctor")
        app.session_state["patient_key"] = 3
        app.switch_page("views/doctor/chart.py").run()
        told = said(app)
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute("drop table marts.fct_labelled_facts")

    for kind in ("medicine", "visit"):
        assert f"No {kind} has been delivered" not in told
    assert KEPT_BACK in told
    assert "none known" not in told
    assert "No laboratory result has been delivered" in told or "Judgement" in told


@pytest.mark.parametrize(
    ("before", "taken_away"),
    [
        (None, RESTRICT),
        (
            RESTRICT,
            "update access.break_glass set ends_at = opened_at",
        ),
    ],
)
def test_a_right_taken_away_is_gone_on_the_next_page(
    app: AppTest, hospital: Settings, before: str | None, taken_away: str
) -> None:
    """The chart read a moment ago is not shown again from the session."""
    if before is None:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute("delete from access.restriction")
        enter_as(app, "doctor")
        app.session_state["patient_key"] = 1
        app.switch_page("views/doctor/chart.py").run()
    else:
        break_it(searched(app, "000451-7"), PASSWORD)
    assert app.title[0].value == "Meyer, Ada"

    with connect(hospital, Role.OWNER) as owner:
        owner.execute(taken_away)
    app.switch_page("views/doctor/chart.py").run()

    assert app.title[0].value == "Chart"
    assert "not open to you" in said(app)


def test_without_a_change_of_rights_the_chart_is_not_read_again(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.restriction")
    enter_as(app, "doctor")
    app.session_state["patient_key"] = 1
    app.switch_page("views/doctor/chart.py").run()
    kept = app.session_state["kept_chart"]
    app.run()

    assert app.session_state["kept_chart"] is kept


def test_what_is_hidden_is_counted_and_not_named() -> None:
    told = told_hidden({"conditions": 1, "prescriptions": 2, "dispenses": 9})

    assert told == "1 diagnosis, 2 medicines"
    assert told_hidden({"claims": 1, "devices": 1}) == "2 other entries"
    assert told_hidden({"dispenses": 2}) == "2 other entries"
    assert told_hidden({}) == ""
