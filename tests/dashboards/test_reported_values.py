"""From a value that seems wrong to its answer, without a browser."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.acting import RuleError, asking
from pipelines.access.people import Person
from pipelines.access.value_reports import (
    REPORT,
    Fact,
    Reported,
    answer_report,
    report_value,
)
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.conftest import PEOPLE
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_pages import APP, texts
from tests.dashboards.test_viewer import press_button

DOCTOR, NURSE, QUALITY = PEOPLE[:3]
WORDS = "Canary, drawn from the arm with the drip"
ANSWER = "The analyser was mended, the value is taken back"
A_RESULT = """
    select lab_result_key from marts.fct_lab_results
    where patient_key = 1 and test_name = 'Potassium' and collected_at is not null
    order by collected_at desc limit 1
"""


@pytest.fixture(autouse=True)
def nothing_reported(hospital: Settings) -> Iterator[None]:
    """Forget what a test reported."""
    yield
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("truncate quality.value_report, quality.report_answer")


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app, with nobody signed in."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    return AppTest.from_file(str(APP), default_timeout=PATIENCE)


@pytest.fixture
def fact(hospital: Settings) -> Fact:
    """Return the latest potassium of the first patient."""
    with connect(hospital, Role.OWNER) as owner:
        return Fact("lab_results", owner.execute(A_RESULT).fetchone()[0], 1)


def opened(app: AppTest, person: Person, page: str, patient_key: int = 1) -> AppTest:
    """Open a page as a persona."""
    enter_as(app, person.user_id)
    app.session_state["patient_key"] = patient_key
    return app.switch_page(f"views/{person.role}/{page}.py").run()


def reported_facts(settings: Settings) -> list[tuple]:
    """Return what is kept of reports, without their words."""
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(
            "select feed, fact_key, patient_key, source_system, fault_code, "
            "reported_by from quality.value_report order by reported_at"
        ).fetchall()


def count_of(settings: Settings, fact: Fact, person: Person = DOCTOR) -> list[tuple]:
    """Return what a clinician is told of a fact."""
    with asking(settings, person) as connection:
        return connection.execute(
            "select state_code, reports_count from quality.report_states(%s, %s)",
            (fact.feed, [fact.fact_key]),
        ).fetchall()


@pytest.mark.parametrize("feed", ["lab_results", "vital_signs", "prescriptions"])
def test_a_doctor_reports_a_value_from_the_chart(
    hospital: Settings, app: AppTest, feed: str
) -> None:
    opened(app, DOCTOR, "chart")
    key = f"report_{feed}_1"
    chosen = app.selectbox(key=f"{key}_fact").value
    app.selectbox(key=f"{key}_fault").set_value("unit")
    app.text_area(key=f"{key}_words").input(WORDS)
    next(each for each in app.button if each.proto.form_id == key).click().run()

    assert reported_facts(hospital) == [(feed, chosen, 1, "hospital", "unit", "doctor")]
    assert any("Quality staff look into it" in each.value for each in app.success)
    assert "⚑ reported as possibly wrong, under review" in texts(app)


def test_a_report_needs_words(hospital: Settings, app: AppTest) -> None:
    opened(app, DOCTOR, "chart")
    form = "report_lab_results_1"
    next(each for each in app.button if each.proto.form_id == form).click().run()

    assert any("between 5 and 1000 letters" in each.value for each in app.error)
    assert reported_facts(hospital) == []


def test_a_value_is_reported_where_its_origin_is_told(
    hospital: Settings, app: AppTest, fact: Fact
) -> None:
    opened(app, DOCTOR, "results")
    app.session_state["viewer_chosen"] = fact.fact_key
    app.selectbox(key="viewer_period").set_value("All").run()
    app.text_area(key="report_lab_results_1_words").input(WORDS)
    press_button(app, "Report it")

    assert [row[1] for row in reported_facts(hospital)] == [fact.fact_key]
    app.session_state["viewer_chosen"] = fact.fact_key
    assert "under review" in texts(app.run())


def test_from_a_report_to_its_answer(
    hospital: Settings, app: AppTest, fact: Fact
) -> None:
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    report_value(hospital, NURSE, fact, "patient", "Not hers, I took it myself")

    page = opened(app, QUALITY, "incidents")
    assert page.title[0].value == "Incidents"
    page.switch_page("views/quality/reported_values.py").run()
    text = texts(page)
    assert "⚑ Reported, waits for an answer" in text
    assert "2 reports" in text
    assert WORDS in text
    assert "Dr. One, doctor" in text
    assert "Meyer" not in text
    answer = next(each for each in page.text_area if "answer_words" in each.key)
    answer.input(ANSWER)
    code = next(each for each in page.selectbox if "answer_code" in each.key)
    code.set_value("corrected")
    press_button(page, "Send the answer")
    assert "Every reported value has its answer." in page.success[-1].value

    for person in (DOCTOR, NURSE):
        told = texts(opened(app, person, "my_reports"))
        assert "● Corrected at its source" in told
        assert ANSWER in told
        assert "Potassium" in told
        assert "Meyer, Ada" in told
    told = texts(opened(app, DOCTOR, "chart"))
    assert "was reported as wrong, corrected at its source since" in told


def test_who_has_reported_nothing_is_told_how(app: AppTest) -> None:
    page = opened(app, NURSE, "my_reports")

    assert page.title[0].value == "My reports"
    assert "You have reported no value" in page.info[0].value


def test_a_nurse_reports_nothing_of_a_patient_whom_she_does_not_see(
    hospital: Settings,
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        (key,) = owner.execute(
            "insert into marts.fct_lab_result_versions (lab_result_key, patient_key, "
            "version_number, is_current, source_system) "
            "values ('hospital:foreign', 3, 1, true, 'hospital') "
            "returning lab_result_key"
        ).fetchone()
    foreign = Fact("lab_results", key, 3)
    try:
        with pytest.raises(RuleError, match="not open to you"):
            report_value(hospital, NURSE, foreign, "value", WORDS)
        # The function judges by itself, too.
        values = (uuid4(), *foreign, "hospital", 1, 1, 1, None, "value", "sealed")
        with (
            asking(hospital, NURSE) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="only who sees"),
        ):
            connection.execute(REPORT, values)
        report_value(hospital, DOCTOR, foreign, "value", WORDS)
        assert count_of(hospital, foreign) == [("open", 1)]
        assert count_of(hospital, foreign, NURSE) == []
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(
                "delete from marts.fct_lab_result_versions where lab_result_key = %s",
                (key,),
            )


@pytest.mark.parametrize(
    "wrong",
    [Fact("lab_results", "hospital:none", 1), Fact("lab_results", "", 2)],
    ids=["no such fact", "another patient's"],
)
def test_what_is_not_there_for_who_asks_is_not_reported(
    hospital: Settings, fact: Fact, wrong: Fact
) -> None:
    tried = wrong._replace(fact_key=wrong.fact_key or fact.fact_key)
    with pytest.raises(RuleError, match="not open to you, or is not there"):
        report_value(hospital, DOCTOR, tried, "value", WORDS)

    assert reported_facts(hospital) == []


def test_one_person_reports_a_value_once_until_it_is_answered(
    hospital: Settings, fact: Fact
) -> None:
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    with pytest.raises(RuleError, match="you have reported this value already"):
        report_value(hospital, DOCTOR, fact, "unit", WORDS)
    answer(hospital, fact, "open", "being_corrected")
    with pytest.raises(RuleError, match="you have reported this value already"):
        report_value(hospital, DOCTOR, fact, "unit", WORDS)
    answer(hospital, fact, "being_corrected", "not_an_error")

    report_value(hospital, DOCTOR, fact, "unit", WORDS)
    assert count_of(hospital, fact) == [("open", 2)]


def answer(settings: Settings, fact: Fact, seen: str, code: str) -> None:
    """Answer a report as the page does that showed its state."""
    reported = Reported(fact.feed, fact.fact_key, seen)
    answer_report(settings, QUALITY, reported, code, ANSWER)


def test_a_second_report_joins_what_is_being_corrected(
    hospital: Settings, fact: Fact
) -> None:
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    answer(hospital, fact, "open", "being_corrected")
    report_value(hospital, NURSE, fact, "value", WORDS)

    assert count_of(hospital, fact) == [("being_corrected", 2)]


def test_of_two_answers_at_once_the_second_is_told(
    hospital: Settings, fact: Fact
) -> None:
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    answer(hospital, fact, "open", "being_corrected")
    with pytest.raises(RuleError, match="somebody answered this meanwhile"):
        answer(hospital, fact, "open", "not_an_error")


def test_only_quality_staff_answer_and_only_clinicians_report(
    hospital: Settings, fact: Fact
) -> None:
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    reported = Reported(fact.feed, fact.fact_key, "open")
    with pytest.raises(RuleError, match="may not answer report"):
        answer_report(hospital, DOCTOR, reported, "not_an_error", ANSWER)
    with pytest.raises(RuleError, match="may not report value"):
        report_value(hospital, QUALITY, fact, "value", WORDS)
    for statement in ("reports_to_answer()", "own_reports()"):
        person = DOCTOR if statement.startswith("reports") else QUALITY
        with (
            asking(hospital, person) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"select * from quality.{statement}")  # noqa: S608


def test_words_are_nowhere_in_plain_and_the_trail_has_every_act(
    hospital: Settings, fact: Fact
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        (before,) = owner.execute("select max(event_id) from audit.event").fetchone()
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    answer(hospital, fact, "open", "corrected")

    with connect(hospital, Role.OWNER) as owner:
        stored = owner.execute(
            "select string_agg(told, ' ') from ("
            "select report::text as told from quality.value_report as report "
            "union all select given::text from quality.report_answer as given"
            ") as kept"
        ).fetchone()[0]
        events = owner.execute(
            "select user_id, action, result, patient_keys from audit.event "
            "where event_id > %s order by event_id",
            (before,),
        ).fetchall()
    assert WORDS not in stored
    assert ANSWER not in stored
    assert events == [
        ("doctor", "report value", "intended", [1]),
        ("doctor", "report value", "ok", [1]),
        ("quality", "answer report", "intended", []),
        ("quality", "answer report", "ok", []),
    ]


def test_words_of_one_report_do_not_open_in_the_place_of_another(
    hospital: Settings, app: AppTest, fact: Fact
) -> None:
    report_value(hospital, DOCTOR, fact, "value", WORDS)
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("update quality.value_report set report_id = %s", (uuid4(),))
    page = opened(app, QUALITY, "reported_values")

    assert WORDS not in texts(page)
