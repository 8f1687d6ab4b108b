"""What the pages show and refuse, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access import sign_in as access
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.dashboards.conftest import PASSWORD
from tests.dashboards.entering import PATIENCE, enter_as, enter_with

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
# Words of the warehouse that a clinician must never meet.
INTERNAL = (
    "INDETERMINATE",
    "CRITICAL_HIGH",
    "no_delivered_range",
    "None",
    "nan",
    "NaT",
)


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app as a visitor first sees it."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    return AppTest.from_file(str(APP), default_timeout=PATIENCE).run()


def sign_in(app: AppTest, user_id: str) -> AppTest:
    """Enter as a persona."""
    return enter_as(app, user_id)


def to_patients(app: AppTest, role: str) -> AppTest:
    """Go to the list of patients."""
    return app.switch_page(f"views/{role}/patients.py").run()


def open_chart(app: AppTest, role: str, patient_key: int) -> AppTest:
    """Open the chart of a patient, found or not."""
    app.session_state["patient_key"] = patient_key
    return app.switch_page(f"views/{role}/chart.py").run()


def texts(app: AppTest) -> str:
    """Return all that the page says."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error")
    said = [element.value for kind in kinds for element in app.get(kind)]
    options = [option for box in app.selectbox for option in box.options]
    tables = [table.value.to_string() for table in app.dataframe]
    buttons = [button.label for button in app.button]
    return "\n".join([*said, *options, *tables, *buttons])


def test_nobody_sees_anything_before_signing_in(app: AppTest) -> None:
    assert [title.value for title in app.title] == ["EHR Warehouse"]
    assert "Meyer" not in texts(app)


def test_a_session_opens_the_pages_of_the_role(
    app: AppTest, hospital: Settings
) -> None:
    enter_with(app, access.sign_in(hospital, "doctor", PASSWORD).token)

    assert [title.value for title in app.title] == ["Worklist"]


def test_a_doctor_finds_a_patient_and_opens_the_chart(app: AppTest) -> None:
    to_patients(sign_in(app, "doctor"), "doctor")
    app.text_input(key="search").input("mey").run()
    app.button(key="open_1").click().run()

    assert app.title[0].value == "Meyer, Ada"
    assert "born 3 Aug 1956" in texts(app)
    assert "69 years" in texts(app)
    assert "000451-7" in texts(app)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("", "Type the beginning"), ("me", "at least three"), ("zzz", "Nobody matches")],
)
def test_a_search_without_result_says_what_to_do(
    app: AppTest, text: str, answer: str
) -> None:
    to_patients(sign_in(app, "doctor"), "doctor")
    app.text_input(key="search").input(text).run()

    assert answer in app.info[0].value


def test_the_chart_shows_allergies_problems_and_what_is_abnormal(app: AppTest) -> None:
    sign_in(app, "doctor")
    said = texts(open_chart(app, "doctor", 1))

    assert "Penicillin (severe anaphylaxis)" in said
    assert "Substance of code 7052" in said
    assert "Latex" not in said
    assert "Chronic kidney disease stage 3, since 1 Mar 2022" in said
    assert "Gout" not in said
    assert "last 30 days:** Potassium, serum: ▲▲ 6.4 mmol/L, 10 Jun 2026" in said


def test_the_chart_tells_what_is_worked_out_and_from_what(app: AppTest) -> None:
    sign_in(app, "doctor")
    page = open_chart(app, "doctor", 1)
    said = texts(page)

    assert "Worked out from results" in said
    assert "Filtration rate (eGFR): 43 mL/min/1.73 m2, G3b, below 60 for" in said
    assert "G3a, 10 Jun 2025" not in said
    tables = [each.value for each in page.dataframe]
    (worked_out,) = [each for each in tables if "Worked out from" in each.columns]
    assert "Creatinine 1.6 mg/dL, 70 years, male" in set(worked_out["Worked out from"])


def test_the_chart_tells_the_course_of_the_analyte_and_its_forecast(
    app: AppTest,
) -> None:
    sign_in(app, "doctor")
    said = texts(open_chart(app, "doctor", 1))

    assert "Rising by 1.23 mmol/L a year (0.11 to 2.35), 9 results in 3 years." in said
    assert "In range 42 % of 56 days" in said
    assert "**Forecast, no result:** about 6.9 mmol/L on 8 Sep 2026" in said


def test_an_allergy_that_is_over_is_still_told(app: AppTest) -> None:
    sign_in(app, "doctor")
    said = texts(open_chart(app, "doctor", 2))

    assert "none recorded as active" in said
    assert "recorded as over: Codeine" in said


def test_tests_that_nobody_judged_are_counted(app: AppTest) -> None:
    sign_in(app, "doctor")

    assert "Latest not judged: 1" in texts(open_chart(app, "doctor", 1))


def test_a_medicine_without_a_date_is_told_beside_the_timeline(app: AppTest) -> None:
    sign_in(app, "doctor")

    assert "Without a date: Digoxin" in texts(open_chart(app, "doctor", 1))


def test_tests_are_offered_with_the_most_abnormal_first(app: AppTest) -> None:
    sign_in(app, "doctor")
    open_chart(app, "doctor", 1)

    assert app.selectbox(key="analyte").options == [
        "Potassium, serum: ▲▲ 6.4 mmol/L, 10 Jun 2026",
        "Troponin I, plasma: ○ <0.01 ng/mL, 12 Jun 2026",
        "Sodium, serum: ● 139 mmol/L, 20 Jun 2026",
    ]


def test_the_table_has_value_range_judgement_and_the_laboratorys_flag(
    app: AppTest,
) -> None:
    sign_in(app, "doctor")
    open_chart(app, "doctor", 1)

    columns = ["Result", "Range", "Judgement", "Note", "Lab flag", "Range from"]
    assert app.dataframe[0].value[columns].values.tolist() == [
        [
            "○ haemolysed mmol/L",
            "3.5 to 5.1",
            "Not judged: in words",
            "",
            "",
            "laboratory",
        ],
        ["▲▲ 6.4 mmol/L", "3.5 to 5.1", "Critically high", "", "HH", "laboratory"],
        ["▲ 5.4 mmol/L", "3.5 to 5.1", "High", "corrected", "H", "laboratory"],
        ["● 4.6 mmol/L", "3.5 to 5", "In range", "", "", "laboratory"],
    ]


def test_a_default_range_is_called_by_its_own_name(app: AppTest) -> None:
    sign_in(app, "doctor")
    open_chart(app, "doctor", 1)
    app.selectbox(key="analyte").set_value("2951-2").run()

    shown = app.dataframe[0].value.iloc[0]
    assert shown["Range"] == "136 to 145"
    assert shown["Range from"] == "usual adult range (ABIM 2026)"


def test_a_result_without_a_range_says_so_and_is_never_in_range(app: AppTest) -> None:
    sign_in(app, "doctor")
    open_chart(app, "doctor", 1)
    app.selectbox(key="analyte").set_value("49563-0").run()

    shown = app.dataframe[0].value.iloc[0]
    assert shown["Judgement"] == "No range: none sent, none kept for this test"


def test_the_newest_early_warning_score_stands_over_the_vital_signs(
    app: AppTest,
) -> None:
    sign_in(app, "doctor")
    page = open_chart(app, "doctor", 1)

    assert "NEWS2: :red[**▲▲ 7 high**] · 10 Jun 2026," in texts(page)
    (sheet,) = [each.value for each in page.dataframe if "NEWS2" in each.value.index]
    assert sheet["10 Jun 2026, 07:10"].to_dict() == {
        "NEWS2": "▲▲ 7 high",
        "Breaths /min": "22 (+2)",
        "Saturation %": "93 (+2)",
        "Oxygen L/min": "2 (+2)",
        "Pressure mmHg": "132/84",
        "Pulse /min": "72",
        "Consciousness": "Alert",
        "Temperature °C": "38.4 (+1)",
    }


@pytest.mark.parametrize("patient_key", [1, 2, 3])
def test_no_chart_shows_internal_words_or_fails(app: AppTest, patient_key: int) -> None:
    sign_in(app, "doctor")
    said = texts(open_chart(app, "doctor", patient_key))

    assert [word for word in INTERNAL if word in said] == []
    assert "could not be shown" not in said


def test_an_empty_chart_says_for_each_part_that_nothing_came(app: AppTest) -> None:
    sign_in(app, "doctor")
    said = texts(open_chart(app, "doctor", 3))

    assert "none recorded. That is not the same as none" in said
    for part in ("problem", "laboratory result", "medicine", "vital sign", "visit"):
        assert part in said.lower()


def test_death_is_shown_and_age_is_that_at_death(app: AppTest) -> None:
    sign_in(app, "doctor")
    said = texts(open_chart(app, "doctor", 2))

    assert "Deceased, 1 Feb 2026" in said
    assert "86 years at death" in said


def test_a_nurse_sees_a_list_of_assigned_patients_only(app: AppTest) -> None:
    said = texts(to_patients(sign_in(app, "nurse"), "nurse"))

    assert "Meyer, Ada" in said
    assert "Anders" not in said


def test_a_nurse_cannot_open_a_foreign_chart(app: AppTest) -> None:
    sign_in(app, "nurse")
    said = texts(open_chart(app, "nurse", 2))

    assert "not open to you" in said
    assert "Anders" not in said


@pytest.mark.parametrize(
    ("role", "told"),
    [("researcher", "a login of your own for SQL"), ("engineer", "Dagster pages")],
)
def test_a_role_without_pages_learns_what_is_coming(
    app: AppTest, role: str, told: str
) -> None:
    said = texts(sign_in(app, role))

    assert "Your pages are being built" in said
    assert told in said


def test_a_session_that_ended_leads_back_to_the_door(
    app: AppTest, hospital: Settings
) -> None:
    sign_in(app, "doctor")
    with connect(hospital, Role.OWNER) as connection:
        connection.execute("update access.session set revoked_at = now()")

    app.run()

    assert "Your session has ended" in app.info[0].value


def test_signing_out_forgets_the_patient(app: AppTest) -> None:
    sign_in(app, "doctor")
    open_chart(app, "doctor", 1)
    next(button for button in app.button if button.label == "Sign out").click().run()

    assert app.title[0].value == "EHR Warehouse"
    assert "patient_key" not in app.session_state


def test_when_the_audit_fails_the_page_says_so_and_shows_no_patient(
    app: AppTest, hospital: Settings
) -> None:
    sign_in(app, "doctor")
    with audit_away(hospital):
        said = texts(open_chart(app, "doctor", 1))

    assert "nothing is shown" in said
    assert "Meyer" not in said


def test_a_failure_shows_a_number_and_no_value(
    app: AppTest, hospital: Settings
) -> None:
    sign_in(app, "doctor")
    with connect(hospital, Role.OWNER) as connection:
        connection.execute("alter table marts.fct_allergies rename to elsewhere")
    said = texts(open_chart(app, "doctor", 1))
    with connect(hospital, Role.OWNER) as connection:
        connection.execute("alter table marts.elsewhere rename to fct_allergies")

    assert "error number" in said
    assert "fct_allergies" not in said


@pytest.mark.parametrize("text", ["ada mey", "meyr", "maier", "1956-08-03", "3.8.1956"])
def test_a_search_finds_partial_and_misspelt_names_and_birth_dates(
    app: AppTest, text: str
) -> None:
    to_patients(sign_in(app, "doctor"), "doctor")
    app.text_input(key="search").input(text).run()

    assert "Meyer, Ada" in texts(app)
