"""The worklist as a doctor and a nurse see it, on the small hospital made by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.worklist.sections import ROWS_PER_PAGE
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.entering import PATIENCE
from tests.dashboards.test_pages import INTERNAL, open_chart, sign_in, texts

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
LAST_READ = """
    select patient_keys from audit.event
    where action = 'read' and subject = 'worklist' order by event_id desc limit 1
"""
MANY_ROWS = """
    insert into marts.fct_result_worklist (
        patient_key, analyte_code, test_name, urgency_rank, novelty_code,
        lab_result_key, value_text, finding_flag, collected_at, is_deceased,
        source_system
    )
    select
        3, 'many-' || lpad(number::text, 2, '0'), 'Test ' || number, 2, 'changed',
        'hospital:m' || number, 'seen ' || number, 'ABNORMAL',
        '2026-06-20 07:00Z'::timestamptz - number * interval '1 hour', false, 'hospital'
    from generate_series(1, 60) as number
"""
# Of one section each: an own row that is older, a foreign one that is newer.
ORDERED_ROWS = """
    insert into marts.fct_result_worklist (
        patient_key, analyte_code, test_name, urgency_rank, novelty_code,
        lab_result_key, practitioner_key, value_text, finding_flag, collected_at,
        is_deceased, source_system
    )
    values
    (3, 'many-own', 'Test', 2, 'changed', 'hospital:o1', 'hospital:D1', '1',
        'ABNORMAL', '2026-06-20 Z', false, 'hospital'),
    (3, 'many-old', 'Test', 2, 'changed', 'hospital:o2', 'hospital:D1', '1',
        'ABNORMAL', '2025-06-20 Z', false, 'hospital'),
    (3, 'many-corrected', 'Test', 2, 'corrected_after_acknowledgement',
        'hospital:o3', null, '1', 'NORMAL', '2024-06-20 Z', false, 'hospital'),
    (3, 'many-today', 'Test', 3, 'stable', 'hospital:o4', null, '1', 'ABNORMAL',
        '2026-05-31 12:00Z', false, 'hospital')
"""

# What the marts hold of such rows beside what they show.
AS_BUILT = """
    update marts.fct_result_worklist set
        newest_open_at = coalesce(newest_open_at, collected_at),
        is_changed_after_acknowledgement
        = is_changed_after_acknowledgement or novelty_code like '%after%'
    where analyte_code like 'many-%';
    insert into marts.fct_abnormal_findings (
        lab_result_key, reading_hash, patient_key, analyte_code, value_text,
        collected_at, is_on_worklist, practitioner_key
    )
    select
        lab_result_key, md5(lab_result_key), patient_key, analyte_code, value_text,
        collected_at, true, practitioner_key
    from marts.fct_result_worklist
    where analyte_code like 'many-%' and practitioner_key is not null
"""
FORGET_MANY = """
    delete from marts.fct_result_worklist where analyte_code like 'many-%';
    delete from marts.fct_lab_results where analyte_code like 'many-%';
    delete from marts.fct_abnormal_findings where analyte_code like 'many-%'
"""
# Each shows a stable finding of a colleague's long ago: something newer is behind it.
MIXED_ROWS = """
    insert into marts.fct_result_worklist (
        patient_key, analyte_code, test_name, urgency_rank, novelty_code,
        lab_result_key, value_text, unit, finding_flag, collected_at, newest_open_at,
        is_changed_after_acknowledgement, is_deceased, source_system,
        previous_value_text, previous_unit, previous_flag, previous_collected_at
    )
    values
    (3, 'many-young', 'Test', 1, 'critical', 'hospital:k2', '1', 'mg/dL', 'ABNORMAL',
        '2024-06-20 Z', '2026-06-20 Z', false, false, 'hospital',
        '5.5', 'mmol/L', 'NORMAL', '2024-06-01 Z'),
    (3, 'many-changed', 'Test', 1, 'critical', 'hospital:x', '1', 'mg/dL', 'ABNORMAL',
        '2024-06-20 Z', '2024-06-20 Z', true, false, 'hospital',
        '5', 'mg/dL', 'NORMAL', '2024-06-01 Z');
    insert into marts.fct_lab_results (
        lab_result_key, patient_key, analyte_code, comment_text
    )
    values ('hospital:k2', 3, 'many-young', 'hemolyzed, please repeat');
    insert into marts.fct_abnormal_findings (
        lab_result_key, reading_hash, patient_key, analyte_code, value_text, unit,
        finding_flag, is_on_worklist, practitioner_key
    )
    values
    ('hospital:x1', md5('1'), 3, 'many-young', '1', 'mg/dL', 'ABNORMAL', true, null),
    ('hospital:x2', md5('2'), 3, 'many-young', '2', 'mmol/L', 'ABNORMAL', true,
        'hospital:D1'),
    ('hospital:x3', md5('3'), 3, 'many-changed', '1', 'mg/dL', 'ABNORMAL', false,
        'hospital:D1')
"""
LONG_ROW = """
    insert into marts.fct_result_worklist (
        patient_key, analyte_code, test_name, urgency_rank, novelty_code,
        lab_result_key, value_text, finding_flag, collected_at, is_deceased,
        source_system
    )
    values (3, 'many-x', 'Test', 2, 'changed', 'hospital:x', '1', 'ABNORMAL',
        '2026-06-20 Z', false, 'hospital');
    insert into marts.fct_abnormal_findings (
        lab_result_key, reading_hash, patient_key, analyte_code, value_text,
        finding_flag, is_on_worklist
    )
    select 'hospital:x' || number, md5('x'), 3, 'many-x', 'seen ' || number,
        'ABNORMAL', true
    from generate_series(1, 20) as number
"""
# A result came, and who its patient is did not.
UNKNOWN_PATIENT = """
    insert into marts.fct_result_worklist (
        patient_key, analyte_code, test_name, urgency_rank, novelty_code,
        lab_result_key, value_text, finding_flag, collected_at, is_deceased,
        source_system
    )
    values (99, 'many-x', 'Test of nobody', 1, 'critical', 'hospital:x', '1',
        'CRITICAL_LOW', '2026-06-20 Z', false, 'hospital')
"""


@pytest.fixture
def app(hospital: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the app as a visitor first sees it."""
    monkeypatch.setenv("EHR_HOME", str(hospital.root))
    monkeypatch.setenv("EHR_MODE", "test")
    return AppTest.from_file(str(APP), default_timeout=PATIENCE).run()


@pytest.fixture(params=[MANY_ROWS])
def more_rows(hospital: Settings, request: pytest.FixtureRequest) -> Iterator[None]:
    """Put more rows on the worklist, and take them away again."""
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(request.param)
        connection.execute(AS_BUILT)
    yield
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(FORGET_MANY)


def headings(app: AppTest) -> list[str]:
    """Return the sections that the page shows."""
    return [heading.value for heading in app.subheader]


def rows_shown(app: AppTest) -> list[str]:
    """Return the rows that the page shows, in their order."""
    keys = [button.key for button in app.button if button.key]
    return [key[len("chart_") :] for key in keys if key.startswith("chart_")]


def test_critical_stands_first_and_what_is_folded_is_counted(app: AppTest) -> None:
    said = texts(sign_in(app, "doctor"))

    assert headings(app) == [
        "Critical (1)",
        "New or changed (1)",
        "Stable (1)",
        "Older than 30 days (1)",
        "Patients who have died (1)",
    ]
    assert rows_shown(app) == ["1_2823-3", "3_718-7"]
    assert [toggle.label for toggle in app.toggle] == [
        "Show them",
        "Show them, 1 critical among them",
        "Show them, 1 critical among them",
    ]
    assert "Anders" not in said


def test_a_row_says_who_what_and_why(app: AppTest) -> None:
    said = texts(sign_in(app, "doctor"))

    assert (
        "**Meyer, Ada** · female · 69 years · record number 000451-7 · **your patient**"
        in said
    )
    assert (
        "Potassium, serum: :red[▲▲ **6.4 mmol/L** critically high], preliminary · "
        "range 3.5 to 5.1 · 10 Jun 2026, 07:00 · ordered by Dr. One" in said
    )
    assert (
        "Critical and not acknowledged; before: ▲ 5.4 high, 10 Jun 2025; latest: "
        "○ haemolysed not judged, 11 Jun 2026." in said
    )
    assert "usual range 12 to 16" in said
    assert "before: ● 13.1 in range, 3 Mar 2026." in said


def test_all_that_an_acknowledgement_covers_is_told(app: AppTest) -> None:
    said = texts(sign_in(app, "doctor"))

    assert (
        "2 results to acknowledge: ▼ 9.1, 29 Jun 2026, 07:00; "
        "▼ 9.8, 28 Jun 2026, 07:00." in said
    )


def test_a_bound_keeps_its_sign_and_says_who_judged(app: AppTest) -> None:
    sign_in(app, "doctor")
    said = texts(app.toggle(key="open_stable").set_value(True).run())

    assert "Glucose, serum: :orange[▲ **>500 mg/dL** high (laboratory)]" in said
    assert "Outside the range as before; before: ▲ 480 high, 20 Jun 2026." in said


def test_only_the_patients_shown_are_read(app: AppTest, hospital: Settings) -> None:
    sign_in(app, "doctor")
    with connect(hospital, Role.OWNER) as connection:
        folded = connection.execute(LAST_READ).fetchone()[0]
    app.toggle(key="open_deceased").set_value(True).run()
    with connect(hospital, Role.OWNER) as connection:
        unfolded = connection.execute(LAST_READ).fetchone()[0]

    assert (folded, unfolded) == ([1, 3], [1, 2, 3])
    assert "Anders, Bruno" in texts(app)
    assert "deceased, 1 Feb 2026" in texts(app)


def test_my_patients_are_those_i_ordered_for(app: AppTest) -> None:
    sign_in(app, "doctor")
    scope = app.get("button_group")[0]
    assert scope.options == ["All patients (5)", "My patients (2)"]
    app.session_state["worklist_scope"] = "own"
    app.run()

    assert headings(app) == [
        "Critical (1)", "New or changed (0)", "Patients who have died (1)"
    ]  # fmt: skip
    assert rows_shown(app) == ["1_2823-3"]
    assert "Nothing new or changed is waiting." in texts(app)
    assert "Stable: none." in texts(app)


@pytest.mark.usefixtures("more_rows")
def test_hundreds_of_rows_come_by_the_page(app: AppTest) -> None:
    sign_in(app, "doctor")
    assert "New or changed (61)" in headings(app)
    assert len(rows_shown(app)) == 1 + ROWS_PER_PAGE
    # The newest first: the haemoglobin of 29 June, then those of the 20th.
    assert rows_shown(app)[1:4] == ["3_718-7", "3_many-01", "3_many-02"]

    app.button(key="more_new").click().run()
    assert len(rows_shown(app)) == 1 + 2 * ROWS_PER_PAGE
    assert "Show 11 more of 61" in texts(app)
    app.button(key="more_new").click().run()

    assert len(rows_shown(app)) == 1 + 61
    assert "more of" not in texts(app)


@pytest.mark.usefixtures("more_rows")
@pytest.mark.parametrize("more_rows", [ORDERED_ROWS], indirect=True)
def test_urgent_then_own_then_newest_and_a_correction_is_never_old(
    app: AppTest,
) -> None:
    sign_in(app, "doctor")
    app.toggle(key="open_stable").set_value(True)
    app.toggle(key="open_old").set_value(True).run()

    assert rows_shown(app) == [
        "1_2823-3",
        *("3_many-own", "3_718-7", "3_many-corrected"),
        # Thirty days to the second are not older than thirty days.
        *("3_2345-7", "3_many-today"),
        *("3_2524-7", "3_many-old"),
    ]


@pytest.mark.parametrize("more_rows", [UNKNOWN_PATIENT], indirect=True)
@pytest.mark.usefixtures("more_rows")
def test_a_result_of_a_patient_who_is_not_known_yet_stands_among_the_others(
    app: AppTest,
) -> None:
    """One such row must not take the whole list away."""
    sign_in(app, "doctor")

    assert not app.error
    assert "99_many-x" in rows_shown(app)
    assert len(rows_shown(app)) > 1
    assert "Test of nobody" in texts(app)


def test_a_nurse_sees_her_patients_and_cannot_acknowledge(app: AppTest) -> None:
    said = texts(sign_in(app, "nurse"))

    assert rows_shown(app) == ["1_2823-3"]
    assert "A doctor acknowledges" in said
    assert not [button.key for button in app.button if "Acknowledge" in button.label]
    assert "Meier-Lang" not in said


def test_a_row_opens_the_chart(app: AppTest) -> None:
    sign_in(app, "doctor")
    app.button(key="chart_1_2823-3").click().run()

    assert app.title[0].value == "Meyer, Ada"


def test_no_worklist_shows_internal_words(app: AppTest) -> None:
    sign_in(app, "doctor")
    for section in ("stable", "old", "deceased"):
        app.toggle(key=f"open_{section}").set_value(True)
    said = texts(app.run())

    assert [word for word in INTERNAL if word in said] == []


def test_the_worklist_says_how_fresh_it_is(app: AppTest) -> None:
    assert "prepared 30 Jun 2026, 11:05, build 1" in texts(sign_in(app, "doctor"))


@pytest.mark.usefixtures("more_rows")
@pytest.mark.parametrize("more_rows", [MIXED_ROWS], indirect=True)
def test_a_row_is_as_young_changed_and_own_as_any_of_its_open_findings(
    app: AppTest,
) -> None:
    said = texts(sign_in(app, "doctor"))

    assert "Critical (3)" in headings(app)
    assert rows_shown(app)[:3] == ["1_2823-3", "3_many-young", "3_many-changed"]
    assert app.get("button_group")[0].options[1] == "My patients (3)"
    assert "before: ● 5.5 mmol/L in range" in said
    assert "before: ● 5 in range" in said
    assert "◆ 1 mg/dL, " in said
    assert "◆ 2 mmol/L, " in said
    assert "The laboratory: hemolyzed, please repeat" in said
    open_chart(app, "doctor", 3)
    assert "Critical: 2 of the last 30 days, 1 older." in texts(app)


@pytest.mark.usefixtures("more_rows")
@pytest.mark.parametrize("more_rows", [LONG_ROW], indirect=True)
def test_nothing_is_acknowledged_that_was_not_told(app: AppTest) -> None:
    said = texts(sign_in(app, "doctor"))

    assert [number for number in range(1, 21) if f"◆ seen {number}," not in said] == []


def test_no_critical_is_said_of_30_days_only_and_folded_ones_are_told(
    app: AppTest, hospital: Settings
) -> None:
    later = "update marts.fct_result_worklist set newest_open_at = {} where {}"
    mine = "lab_result_key = 'hospital:k3'"
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(later.format("'2025-01-01 Z'", mine))
    said = texts(sign_in(app, "doctor"))
    with connect(hospital, Role.OWNER) as connection:
        connection.execute(later.format("collected_at", mine))

    assert (
        "No critical result of the last 30 days is waiting. Older than 30 days: "
        "2 critical. Patients who have died: 1 critical." in said
    )
