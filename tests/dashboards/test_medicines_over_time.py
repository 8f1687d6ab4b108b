"""The page of medicines over time: the timeline, its tables, and adherence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.chart.medication_alerts import NOT_WHOLE
from dashboards.medicines.adherence import NO_FILLS
from dashboards.medicines.adherence import NOT_WHOLE as ADHERENCE_NOT_WHOLE
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE
from tests.dashboards.test_glass import LABELLED
from tests.dashboards.test_pages import APP, INTERNAL, app, open_chart, sign_in, texts

__all__ = ["app"]  # a fixture
POTASSIUM = "2823-3\x1f\x1f\x1fmmol/L"
ROWS = Path(__file__).with_name("medicines_over_time.sql")
OWN = {
    "fct_medication_history": "prescription_key",
    "fct_prescription_ingredients": "prescription_key",
    "fct_medication_exposures": "exposure_key",
    "fct_medications_taken": "exposure_key",
    "fct_administrations": "administration_key",
    "fct_inpatient_stays": "stay_key",
}
OF_ONE_TEST = ("fct_medication_adherence", "fct_medication_covered_intervals")


@pytest.fixture(scope="module", autouse=True)
def medicines(hospital: Settings) -> Iterator[None]:
    """Let the first patient take more, for these tests."""
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(ROWS.read_text())
    yield
    with connect(hospital, Role.OWNER) as owner:
        for mart, key in OWN.items():
            owner.execute(
                f"delete from marts.{mart} where {key} like 'hospital:T%'"  # noqa: S608
            )
        for mart in OF_ONE_TEST:
            owner.execute(f"delete from marts.{mart}")  # noqa: S608 - a name


def whole(app: AppTest) -> AppTest:
    """Return the page, of which nothing has failed."""
    assert not app.exception
    assert "could not be done" not in str([each.value for each in app.error])
    return app


def opened(
    app: AppTest, patient_key: int | None = 1, user_id: str = "doctor"
) -> AppTest:
    """Open the medicines of a patient over all time."""
    sign_in(app, user_id)
    if patient_key is not None:
        app.session_state["patient_key"] = patient_key
    app.switch_page(f"views/{user_id}/medicines.py").run()
    if any(each.key == "medicines_period" for each in app.selectbox):
        app.selectbox(key="medicines_period").set_value("All").run()
    return whole(app)


@pytest.fixture(scope="module")
def page(hospital: Settings) -> Iterator[AppTest]:
    """Yield the page of the first patient, which tests only read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EHR_HOME", str(hospital.root))
        patch.setenv("EHR_MODE", "test")
        yield opened(AppTest.from_file(str(APP), default_timeout=PATIENCE).run())


def rows_of(app: AppTest, column: str) -> list[dict[str, str]]:
    """Return the rows of the first table that has a column."""
    tables = [table.value for table in app.table]
    return next(each for each in tables if column in each).to_dict("records")


def courses(app: AppTest, medicine: str) -> list[dict[str, str]]:
    """Return the courses of a medicine, the newest first."""
    return [each for each in rows_of(app, "End") if each["Medicine"] == medicine]


def domain_of(chart: dict[str, Any]) -> list[str]:
    """Return the time that a chart shows."""
    return next(
        layer["encoding"]["x"]["scale"]["domain"]
        for layer in chart["layer"]
        if "scale" in layer["encoding"].get("x", {})
    )


def test_without_a_patient_the_page_says_how_to_choose_one(app: AppTest) -> None:
    assert "Choose a patient first." in texts(opened(app, None))


def test_each_ingredient_has_its_courses_with_dose_and_end(page: AppTest) -> None:
    newest, oldest = courses(page, "Metformin")
    said = texts(page) + str([each.value.to_string() for each in page.table])

    assert newest["To"] == "now"
    assert newest["End"] == "Taken now"
    assert newest["Daily dose"] == "2000 mg a day, raised by 100 %"
    assert newest["Alerts meanwhile"] == "!! contraindicated: with cimetidine"
    assert oldest["Daily dose"] == "1000 mg a day"
    assert oldest["End"] == "Replaced by another order: Dose raised"
    assert oldest["Alerts meanwhile"] == "! major: with digoxin"
    for word in INTERNAL:
        assert word not in said


def test_an_order_that_ends_where_the_next_begins_leaves_no_gap(page: AppTest) -> None:
    assert [row["Gap after it"] for row in courses(page, "Metformin")] == ["", ""]
    assert [row["Gap after it"] for row in courses(page, "Warfarin")] == ["", "14 days"]


def test_an_end_that_is_assumed_is_not_told_as_a_stop(page: AppTest) -> None:
    stopped, assumed = courses(page, "Warfarin")

    assert stopped["End"] == "Stopped: Bleeding"
    assert stopped["To"] == "1 May 2025"
    assert assumed["End"] == "Assumed: the supply ran out"
    assert assumed["To"] == "17 Mar 2025"


def test_a_dose_that_is_not_computed_says_why(page: AppTest) -> None:
    (amoxicillin,) = courses(page, "Amoxicillin")
    _, warfarin = courses(page, "Warfarin")

    assert amoxicillin["Daily dose"] == (
        "not computed: the dose is a range, such as 1-2"
    )
    assert warfarin["Daily dose"] == "5 mg a day"
    assert courses(page, "Warfarin")[0]["Daily dose"] == "at most 2.5 mg a day"


def test_a_stop_that_came_late_is_told_as_it_is_known_now(page: AppTest) -> None:
    (amoxicillin,) = courses(page, "Amoxicillin")

    assert (amoxicillin["End"], amoxicillin["To"]) == ("Stopped", "20 Jan 2024")


def test_a_medicine_without_known_ingredient_has_a_lane_of_its_own(
    page: AppTest,
) -> None:
    (drops,) = courses(page, "Mistletoe drops")

    assert drops["Daily dose"] == "not computed: the unit of the dose is not known"
    assert drops["End"].startswith("Assumed: nothing tells how long")
    assert "Without a date: Digoxin" in texts(page)
    assert "Left out: 1 order of fluids, containers and supplies." in texts(page)


def test_doses_given_and_withheld_are_told_by_medicine(page: AppTest) -> None:
    amoxicillin, cimetidine = rows_of(page, "Not given")

    assert amoxicillin["Medicine"] == "Amoxicillin"
    assert (amoxicillin["Given"], amoxicillin["Not given"]) == ("1", "1")
    assert amoxicillin["Why not"] == "Vomiting"
    assert (cimetidine["Medicine"], cimetidine["Given"]) == ("Cimetidine", "1")


def test_the_period_is_moved_back_to_what_was_before(app: AppTest) -> None:
    page = opened(app)
    page.selectbox(key="medicines_period").set_value("1 year").run()
    now = {row["Medicine"] for row in rows_of(page, "End")}
    page.button(key="medicines_earlier").click().run()
    before = {row["Medicine"] for row in rows_of(page, "End")}

    assert now == {"Metformin"}
    assert before == {"Metformin", "Warfarin", "Mistletoe drops"}
    assert not page.button(key="medicines_later").disabled


def test_results_of_choice_stand_above_on_the_same_time(app: AppTest) -> None:
    page = opened(app)
    page.toggle(key="medicines_results").set_value(True).run()
    page.multiselect(key="medicines_graphed").set_value([POTASSIUM]).run()

    whole(page)
    graph, lanes, _ = (
        json.loads(each.proto.spec) for each in page.get("vega_lite_chart")
    )
    assert domain_of(graph) == domain_of(lanes)
    assert "**Potassium, serum**, mmol/L" in texts(page)


def test_a_patient_without_medicines_has_both_sections_empty(app: AppTest) -> None:
    said = texts(opened(app, 3))

    assert "No medicine has been delivered for this patient." in said
    assert NO_FILLS in said


def test_what_is_kept_from_who_looks_is_said_in_both_sections(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(LABELLED)
    try:
        said = texts(opened(app, 3))
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute("drop table marts.fct_labelled_facts")

    assert NOT_WHOLE in said
    assert ADHERENCE_NOT_WHOLE in said
    assert "No medicine has been delivered" not in said
    assert NO_FILLS not in said


def test_a_nurse_sees_her_own_patients_alone(app: AppTest) -> None:
    said = texts(opened(app, 2, "nurse"))
    assert "not open to you" in said
    assert "Timeline" not in said

    assert courses(opened(app, 1, "nurse"), "Metformin")


def test_the_chart_leads_to_the_medicines(app: AppTest) -> None:
    chart = open_chart(sign_in(app, "doctor"), "doctor", 1)

    assert "Medicines over time" in [
        each.proto.label for each in chart.get("page_link")
    ]


def test_the_read_is_one_event_and_the_file_is_written_down_first(
    app: AppTest, hospital: Settings
) -> None:
    page = opened(app)
    with connect(hospital, Role.OWNER) as owner:
        read = owner.execute(
            "select subject, patient_keys from audit.event where action = 'read' "
            "order by event_id desc limit 1"
        ).fetchone()
    assert read == ("medicines", [1])

    next(b for b in page.button if b.label == "Make CSV of the table").click().run()
    with connect(hospital, Role.OWNER) as owner:
        made = owner.execute(
            "select user_id, action, subject, patient_keys, row_count from audit.event "
            "order by event_id desc limit 1"
        ).fetchone()
    _, file = page.session_state["medicines_made"]
    lines = file.content.decode().splitlines()

    assert made == ("doctor", "export", "medicines as csv", [1], 6)
    assert lines[0].startswith("Medicine,From,To,End,Daily dose")
    assert len(lines) == 7


def test_adherence_is_told_with_its_arithmetic(page: AppTest) -> None:
    said = texts(page)
    statins, simvastatin = rows_of(page, "Share")

    assert statins["Class or medicine"] == "Statins (class)"
    assert (statins["Days covered"], statins["Share"]) == ("238 of 300", "79.3 %")
    assert statins["Threshold"] == "Below 80 %"
    assert simvastatin["Threshold"].startswith(
        "Not enough data to judge: it was handed"
    )
    assert "3 Mar 2025, when it was first handed out in 2025" in said
    assert "31 Dec 2025: 304 days." in said
    assert "304 \u2212 4 = 300 days." in said
    assert "Share: 238 of 300 days = 79.3 %. Adherent is 80 % or more." in said
    assert "assumed for 1 dispense of 2025 without a number of days" in said
    assert "covered: 238" in said
    assert "in hospital: 4" in said


def test_intervals_say_what_was_not_covered_between_them(page: AppTest) -> None:
    rows = rows_of(page, "Then not covered")

    assert [(row["From"], row["To"], row["Days"]) for row in rows] == [
        ("3 Mar 2025", "30 Jul 2025", "150"),
        ("1 Oct 2025", "31 Dec 2025", "92"),
    ]
    assert [row["Then not covered"] for row in rows] == ["62 days", ""]


def test_another_year_is_judged_by_itself(app: AppTest) -> None:
    page = opened(app)
    page.selectbox(key="adherence_year").set_value(2024).run()
    (statins,) = rows_of(page, "Share")

    assert (statins["Share"], statins["Threshold"]) == ("80.0 %", "80 % reached")
