"""The results viewer as a doctor and a nurse meet it, without a browser."""

import json
import re
from collections.abc import Iterator
from datetime import date, time
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.dashboards.entering import PATIENCE, enter_as
from tests.dashboards.test_pages import INTERNAL, texts

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
POTASSIUM = "2823-3\x1f\x1f\x1fmmol/L"
SODIUM = "2951-2\x1f\x1f\x1fmmol/L"
BUTTON = re.compile(r'<button[^>]*data-value="([^"]*)"[^>]*>(.*?)</button>', re.DOTALL)
TITLE = re.compile(r'data-value="([^"]*)" title="([^"]*)"')
TAG = re.compile(r"<[^>]+>")
DELIVERY = """
    with delivery as (
        insert into raw.delivery (
            source_system, adapter, adapter_revision, status, received_at, landed_at
        )
        values (
            'hospital', 'csv', 1, 'landed', '2026-06-10 08:00Z', '2026-06-10 08:05Z'
        )
        returning delivery_id
    ),
    file as (
        insert into raw.delivery_file (
            delivery_id, file_name, table_name, byte_count, received_at, reading,
            verdict, records, mapped, excluded, refused
        )
        select delivery_id, 'Meyer-Ada.csv', 'lab_results', 1, '2026-06-10 08:00Z', '',
            'mapped', 1, 1, 0, 0
        from delivery
        returning delivery_id, file_id
    ),
    suite as (
        insert into quality.suite_result
        select delivery_id, 'lab_results', false, 32, 2, '{}' from file
    )
    update marts.fct_lab_result_versions set
        delivery_id = file.delivery_id, file_id = file.file_id
    from file
"""


@pytest.fixture(autouse=True)
def no_looks(hospital: Settings) -> Iterator[None]:
    """Forget what was looked at before and after."""
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.result_look")
    yield
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("delete from access.result_look")


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app with a doctor signed in."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    return enter_as(
        AppTest.from_file(str(APP), default_timeout=PATIENCE).run(), "doctor"
    )


def open_results(app: AppTest, patient_key: int = 1, role: str = "doctor") -> AppTest:
    """Open the results of a patient."""
    app.session_state["patient_key"] = patient_key
    return app.switch_page(f"views/{role}/results.py").run()


def all_of_potassium(app: AppTest) -> AppTest:
    """Show all of potassium's results."""
    open_results(app)
    app.selectbox(key="viewer_period").set_value("All").run()
    return app


def go_back_to(app: AppTest, day: date, clock: time) -> AppTest:
    """Show all that was known at a moment."""
    app.date_input(key="viewer_past_day").set_value(day)
    app.time_input(key="viewer_past_time").set_value(clock).run()
    press_button(app, "Show what was known")
    app.selectbox(key="viewer_period").set_value("All").run()
    return app


def press_button(app: AppTest, label: str) -> None:
    """Press the first button of a label."""
    next(each for each in app.button if each.label == label).click().run()


def markup(app: AppTest, part: str) -> str:
    """Return the markup of the tree or the sheet."""
    for each in app.get("bidi_component"):
        if f"viewer_{part}" in each.proto.id:
            return json.loads(each.proto.json)["markup"]
    return ""


def cells(app: AppTest) -> dict[str, str]:
    """Return what each cell of the sheet says, read aloud, by result."""
    return {
        unescape(key): " ".join(unescape(TAG.sub("", inner)).split())
        for key, inner in BUTTON.findall(markup(app, "sheet"))
        if key.startswith("hospital:")
    }


def pointed(app: AppTest, result: str) -> list[str]:
    """Return what a pointer over a result's cell tells."""
    titles = {unescape(key): told for key, told in TITLE.findall(markup(app, "sheet"))}
    return unescape(titles[result]).splitlines()


def press(app: AppTest, name: str, value: str) -> AppTest:
    """Do what a press of a button of the tree or the sheet does."""
    if name == "chosen":
        app.session_state["viewer_chosen"] = value
    else:
        app.session_state[f"viewer_{name}"] = (value,)
    return app.run()


def test_each_cell_has_sign_value_and_judgement_in_words(app: AppTest) -> None:
    shown = cells(all_of_potassium(app))

    assert shown["hospital:k1"] == "● 4.6, In range"
    assert shown["hospital:k3"] == "▲▲ 6.4, Critically high"
    assert shown["hospital:k4"] == "○ haemolysed, Not judged: in words"
    assert shown["hospital:t1"].startswith("○ <0.01, No range: none sent")
    assert shown["hospital:s1"] == "● 139, In range"


GLUCOSE = """
    with glucose as (
        insert into marts.fct_lab_results (
            lab_result_key, patient_key, analyte_code, test_name, collected_at,
            value_text, value_number, unit, comparable_unit, reference_low,
            reference_high, displayed_flag, displayed_flag_source, result_status_code,
            is_usable, reading_hash, conversion_code, converted_analyte_code,
            converted_value_number, converted_unit, converted_reference_low,
            converted_reference_high, conversion_rule_name, conversion_basis,
            conversion_factor, conversion_increment, is_conversion_reversed
        )
        values
        ('hospital:g1', 1, '2345-7', 'Glucose', '2026-06-18 07:00Z', '100', 100,
            'mg/dL', 'mg/dL', 70, 99, 'HIGH', 'delivered_range', 'final', true,
            md5('g1'), 'not_needed', null, null, null, null, null, null, null, null,
            null, null),
        ('hospital:g2', 1, '14749-6', 'Glucose', '2026-06-19 07:00Z', '5.55', 5.55,
            'mmol/L', 'mmol/L', 3.9, 5.5, 'HIGH', 'delivered_range', 'final', true,
            md5('g2'), 'converted', '2345-7', 99.986668473, 'mg/dL', 70.261,
            99.087, 'Glucose mg/dL to mmol/L', 'molar mass: 180.156 g/mol', 0.0555074,
            0, true)
        returning *
    )
    insert into marts.fct_lab_result_versions
    select
        glucose.*, 1, true, false, false, collected_at, null, analyte_code, 'LOINC',
        analyte_code, 'numeric', unit, 'hospital', 1, 1, 12
    from glucose
"""


def test_glucose_in_two_units_stands_in_one_line_and_says_what_it_was(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(GLUCOSE)
    try:
        shown = cells(all_of_potassium(app))
        told = pointed(app, "hospital:g2")
        sheet = markup(app, "sheet")
        origin = texts(press(app, "chosen", "hospital:g2"))
    finally:
        with connect(hospital, Role.OWNER) as owner:
            for mart in ("fct_lab_results", "fct_lab_result_versions"):
                owner.execute(
                    f"delete from marts.{mart} "  # noqa: S608 - names
                    "where lab_result_key like 'hospital:g%'"
                )

    assert sheet.count('title="Graph Glucose"') == 1
    assert shown["hospital:g1"] == "▲ 100, High"
    assert shown["hospital:g2"] == "▲ 99.99, High converted"
    assert "converted from 5.55 mmol/L" in told
    assert any("range 70.26 to 99.09" in line for line in told)
    assert "is shown as 99.99 mg/dL: divided by 0.0555074, by the rule" in origin
    assert "14749-6 (LOINC), shown with 2345-7" in origin
    assert "5.55 mmol/L, high" in str([t.value for t in app.dataframe])


def test_a_corrected_value_stands_beside_the_former_one_struck_through(
    app: AppTest,
) -> None:
    all_of_potassium(app)

    assert "<del>2.4</del> <b>5.4</b>" in markup(app, "sheet")
    assert cells(app)["hospital:k2"] == "▲ 2.4 5.4, High corrected"
    assert "before it was corrected: 2.4" in pointed(app, "hospital:k2")


def test_a_deleted_result_is_struck_through_and_in_no_range(app: AppTest) -> None:
    all_of_potassium(app)

    assert "<s>7.1</s>" in markup(app, "sheet")
    assert cells(app)["hospital:k0"] == (
        "○ 7.1, Not judged: not final deleted by its source"
    )


def test_a_withdrawn_result_is_struck_through(app: AppTest, hospital: Settings) -> None:
    change = (
        "update marts.fct_lab_results set is_withdrawn = {}, is_usable = {}, "
        "result_status_code = '{}' where lab_result_key = 'hospital:s1'"
    )
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(change.format("true", "false", "entered-in-error"))
    try:
        all_of_potassium(app)
        assert "<s>139</s>" in markup(app, "sheet")
        assert "entered in error" in cells(app)["hospital:s1"]
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(change.format("false", "true", "final"))


def test_a_pointer_tells_range_its_origin_and_time(app: AppTest) -> None:
    all_of_potassium(app)

    assert pointed(app, "hospital:k3") == [
        "6.4 mmol/L",
        "Critically high",
        "range 3.5 to 5.1 (laboratory)",
        "collected 10 Jun 2026, 07:00",
    ]
    assert "range 136 to 145 (usual adult range (ABIM 2026))" in pointed(
        app, "hospital:s1"
    )


def test_tests_stand_under_their_panels_and_what_has_none_under_other(
    app: AppTest,
) -> None:
    all_of_potassium(app)
    tree = TAG.sub(" ", markup(app, "tree"))
    sheet = TAG.sub(" ", markup(app, "sheet"))

    for said in (tree, sheet):
        order = [
            "Electrolytes and minerals",
            "Sodium",
            "Potassium",
            "Other",
            "Troponin",
        ]
        places = [said.index(words) for words in order]
        assert places == sorted(places)
    assert "mmol/L · 3.5 to 5.1; ranges differ" in sheet


def test_picked_panels_and_tests_and_the_search_narrow_the_sheet(app: AppTest) -> None:
    all_of_potassium(app)

    assert "hospital:t1" not in cells(press(app, "picked", "Electrolytes and minerals"))
    assert set(cells(press(app, "picked", SODIUM))) == {"hospital:s1"}
    app.button(key="viewer_all").click().run()
    assert "hospital:t1" in cells(app)
    app.text_input(key="viewer_find").input("tropo").run()
    assert set(cells(app)) == {"hospital:t1"}
    app.text_input(key="viewer_find").input("zzz").run()
    assert "No test of this patient has this name." in texts(app)


def test_only_the_period_is_shown_and_one_can_go_back_and_forth(app: AppTest) -> None:
    open_results(app)
    app.selectbox(key="viewer_period").set_value("30 days").run()

    assert set(cells(app)) == {
        *("hospital:k0", "hospital:k3", "hospital:k4", "hospital:t1", "hospital:s1")
    }
    app.button(key="viewer_earlier").click().run()
    assert set(cells(app)) == {"hospital:k2"}
    app.button(key="viewer_later").click().run()
    assert "hospital:k3" in cells(app)


def test_the_order_of_the_days_can_be_turned(app: AppTest) -> None:
    all_of_potassium(app)
    newest_first = re.findall(r"\d+ \w+ 20\d\d</span>", markup(app, "sheet"))
    app.selectbox(key="viewer_order").set_value("Oldest first").run()

    assert newest_first[0].startswith("20 Jun 2026")
    assert re.findall(r"\d+ \w+ 20\d\d</span>", markup(app, "sheet")) == [
        *reversed(newest_first)
    ]


def test_at_a_first_look_nothing_is_new_and_later_only_what_changed(
    app: AppTest, hospital: Settings
) -> None:
    all_of_potassium(app)
    assert not [key for key, told in cells(app).items() if told.endswith("new")]
    change = (
        "update marts.fct_lab_results set reading_hash = md5(%s) "
        "where lab_result_key = 'hospital:k3'"
    )
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(change, ("another reading",))
    try:
        for name in ("viewer_visit", "kept_viewer_known"):
            del app.session_state[name]
        app.run()
        new = [key for key, told in cells(app).items() if told.endswith("new")]
        assert new == ["hospital:k3"]
        assert "1 new or changed since your last look" in texts(app)
        assert "new or changed since your last look" in pointed(app, "hospital:k3")

        app.run()
        assert cells(app)["hospital:k3"].endswith("new")  # the same visit
        del app.session_state["viewer_visit"]
        assert not cells(app.run())["hospital:k3"].endswith("new")
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(change, ("hospital:k3",))


def test_what_the_sheet_leaves_out_stays_new_until_it_is_shown(
    app: AppTest, hospital: Settings
) -> None:
    open_results(app)
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("update access.result_look set readings = '{}'")
    del app.session_state["viewer_visit"]
    press(app, "picked", SODIUM)
    assert "7 new or changed since your last look**, 6 of them not shown" in texts(app)

    del app.session_state["viewer_visit"]
    app.run()
    assert "6 new or changed since your last look**, 6 of them not shown" in texts(app)
    app.button(key="viewer_show_new").click().run()
    assert cells(app)["hospital:k3"].endswith("new")


def test_a_page_that_fails_has_shown_nothing(app: AppTest, hospital: Settings) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("alter table marts.dim_lab_panels rename to elsewhere")
    open_results(app)
    with connect(hospital, Role.OWNER) as owner:
        owner.execute("alter table marts.elsewhere rename to dim_lab_panels")
        looks = owner.execute("select count(*) from access.result_look").fetchone()

    assert "error number" in texts(app)
    assert looks == (0,)


def test_as_known_at_a_moment_shows_what_was_known_and_says_so(
    app: AppTest, hospital: Settings
) -> None:
    open_results(app)
    go_back_to(app, date(2026, 6, 9), time(9, 0))

    shown = cells(app)
    assert shown["hospital:k0"] == "▲▲ 7.1, Critically high"
    assert shown["hospital:k2"] == "▲ 2.4 5.4, High corrected"
    assert "hospital:k3" not in shown
    assert "This is the past" in app.error[0].value
    assert "9 Jun 2026, 09:00" in app.error[0].value
    with connect(hospital, Role.OWNER) as owner:
        subjects = [
            subject
            for (subject,) in owner.execute(
                "select subject from audit.event order by event_id desc limit 4"
            )
        ]
    assert "results as known at 2026-06-09T09:00+00:00" in subjects

    press_button(app, "Back to now")
    assert not app.error
    assert "hospital:k3" in cells(app)


def test_before_its_correction_a_result_reads_as_it_did(app: AppTest) -> None:
    open_results(app)
    go_back_to(app, date(2025, 6, 11), time(8, 59))

    assert cells(app) == {
        "hospital:k1": "● 4.6, In range",
        "hospital:k2": "▼▼ 2.4, Critically low",
    }


def test_of_the_past_no_later_value_is_told_as_a_former_one(
    app: AppTest, hospital: Settings
) -> None:
    middle = """
        update marts.fct_lab_result_versions
        set {}
        where lab_result_key = 'hospital:k2' and version_number = {}
    """
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(middle.format("version_number = 3", 2))
        owner.execute("""
            insert into marts.fct_lab_result_versions
            select version.* from marts.fct_lab_result_versions as version
            where lab_result_key = 'hospital:k2' and version_number = 1
        """)
        owner.execute("""
            update marts.fct_lab_result_versions
            set version_number = 2, value_number = 9.9,
                known_from = '2025-06-11 08:59:30Z'
            where ctid = (
                select max(ctid) from marts.fct_lab_result_versions
                where lab_result_key = 'hospital:k2' and version_number = 1
            )
        """)
        owner.execute(middle.format("known_until = '2025-06-11 08:59:30Z'", 1))
    try:
        open_results(app)
        go_back_to(app, date(2025, 6, 11), time(8, 59))
        assert cells(app)["hospital:k2"] == "▼▼ 2.4, Critically low"
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(
                "delete from marts.fct_lab_result_versions "
                "where lab_result_key = 'hospital:k2' and version_number = 2"
            )
            owner.execute(middle.format("version_number = 2", 3))
            owner.execute(middle.format("known_until = '2025-06-11 09:00Z'", 1))


def test_the_origin_tells_delivery_line_checks_and_all_versions(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(DELIVERY)
    all_of_potassium(app)
    said = texts(press(app, "chosen", "hospital:k2"))

    assert "**Source:** hospital, read as csv" in said
    assert "received 10 Jun 2026, 08:00, landed 10 Jun 2026, 08:05" in said
    assert re.search(r"\*\*Record in it:\*\* file \d+ \(lab\\_results\), line 44", said)
    assert "of 32 checks of the delivery's results 30 were met in full" in said
    assert "**Unit:** mmol/L" in said
    assert "**Conversion:** none, it is no number" in said
    assert "**Test:** 2823-3 (LOINC)" in said
    assert "Meyer-Ada" not in said
    versions = next(t.value for t in app.dataframe if "Known until" in t.value.columns)
    assert versions[
        ["Version", "Value", "Known from", "Known until"]
    ].values.tolist() == [
        [
            1,
            "▼▼ 2.4 mmol/L, critically low",
            "10 Jun 2025, 08:00",
            "11 Jun 2025, 09:00",
        ],
        [2, "▲ 5.4 mmol/L, high", "11 Jun 2025, 09:00", "still known"],
    ]


def test_graphs_have_one_axis_for_each_test_and_the_medicines_below(
    app: AppTest,
) -> None:
    all_of_potassium(app)
    app.session_state["viewer_graphed"] = (POTASSIUM, SODIUM)
    app.run()

    charts = app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")
    assert len(charts) == 3
    assert "Metformin" in app.multiselect[0].options
    said = texts(app)
    assert "**Potassium, serum**, mmol/L" in said
    assert "2 of 5 are in words, withdrawn or not measured" in said


def test_the_csv_is_made_when_asked_for_and_that_is_written_down(
    app: AppTest, hospital: Settings
) -> None:
    all_of_potassium(app)
    press_button(app, "Make CSV of the table")

    assert "It is ready" in app.success[0].value
    with connect(hospital, Role.OWNER) as owner:
        event = owner.execute(
            "select user_id, action, subject, patient_keys, row_count from audit.event "
            "order by event_id desc limit 1"
        ).fetchone()
    assert event == ("doctor", "export", "results as csv", [1], 7)


def test_the_png_is_made_of_what_is_graphed_and_that_is_written_down(
    app: AppTest, hospital: Settings
) -> None:
    all_of_potassium(app)
    (button,) = [each for each in app.button if each.label == "Make PNG of the graphs"]
    assert button.disabled
    app.session_state["viewer_graphed"] = (POTASSIUM,)
    app.run()
    press_button(app, "Make PNG of the graphs")

    assert "It is ready" in app.success[0].value
    _, file = app.session_state["viewer_made"]
    assert file.kind == "png"
    assert file.content.startswith(b"\x89PNG")
    with connect(hospital, Role.OWNER) as owner:
        event = owner.execute(
            "select action, subject, patient_keys, row_count from audit.event "
            "where action = 'export' order by event_id desc limit 1"
        ).fetchone()
    assert event == ("export", "results as png", [1], 3)


def test_when_the_export_cannot_be_written_down_nothing_is_made(
    app: AppTest, hospital: Settings
) -> None:
    all_of_potassium(app)
    with audit_away(hospital):
        press_button(app, "Make CSV of the table")

    assert not app.success
    assert "viewer_made" not in app.session_state


@pytest.mark.parametrize("patient_key", [1, 2, 3])
def test_no_page_shows_internal_words_or_fails(app: AppTest, patient_key: int) -> None:
    open_results(app, patient_key)
    said = texts(app) + TAG.sub(" ", markup(app, "sheet"))

    assert [word for word in INTERNAL if word in said] == []
    assert "could not be" not in said


def test_without_results_the_page_says_that_none_came(app: AppTest) -> None:
    assert "No laboratory result has been delivered" in texts(open_results(app, 3))


def test_without_a_patient_the_page_asks_for_one(app: AppTest) -> None:
    app.switch_page("views/doctor/results.py").run()

    assert "Choose a patient first." in texts(app)


def test_the_results_open_from_the_chart(app: AppTest) -> None:
    app.session_state["patient_key"] = 1
    app.switch_page("views/doctor/chart.py").run()

    links = [each.proto.label for each in app.get("page_link")]
    assert "All results as a table" in links


def test_a_nurse_sees_own_patients_and_is_refused_others(
    app: AppTest, hospital: Settings
) -> None:
    enter_as(app, "nurse")
    assert "hospital:k3" in markup(open_results(app, 1, "nurse"), "sheet")

    open_results(app, 2, "nurse")
    said = texts(app)
    assert "not open to you" in said
    assert "Anders" not in said
    assert markup(app, "sheet") == ""
    with connect(hospital, Role.OWNER) as owner:
        event = owner.execute(
            "select subject, patient_keys, result from audit.event "
            "where user_id = 'nurse' order by event_id desc limit 1"
        ).fetchone()
    assert event == ("results", [2], "denied")


def test_another_patient_begins_afresh(app: AppTest) -> None:
    all_of_potassium(app)
    press(app, "picked", SODIUM)
    press(app, "chosen", "hospital:s1")
    open_results(app, 2)

    assert (
        app.session_state["viewer_picked"] == ()
        if ("viewer_picked" in app.session_state)
        else True
    )
    assert "viewer_chosen" not in app.session_state
