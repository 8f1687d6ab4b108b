"""The compliance officer's pages: what they show, decide, and write down themselves."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.accounting import Disclosed, accounting_csv, accounting_pdf
from pipelines.access.audit import Event, append
from pipelines.access.audit_reviews import monday_of
from pipelines.access.disclosures import Disclosure, disclose
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.dashboards.conftest import PASSWORD, furnish
from tests.dashboards.test_uploads import page_of, said

PAGES = ("reviews", "search", "looks", "glass", "disclosures", "grants", "release",
         "restrictions")  # fmt: skip
OFFICER = Person("officer", "Officer", "compliance")
MEYER = Person("dr.meyer", "Dr. Ada Meyer", "doctor", "hospital", "D7")
GLASS = """
    insert into access.break_glass (
        break_glass_id, user_id, patient_key, reason_code, reason_text, opened_at,
        ends_at
    )
    values (%s, 'doctor', 3, 'emergency', 'found unconscious',
        now() - interval '5 days', now() - interval '5 days')
"""
LAST_EVENTS = """
    select action, subject, result from audit.event order by event_id desc limit %s
"""
Open = Callable[[str], AppTest]


@pytest.fixture(scope="module")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation where nothing has happened yet."""
    for settings in running_installation(tmp_path_factory.mktemp("new")):
        with connect(settings, Role.OWNER) as connection:
            create_person(connection, OFFICER, PASSWORD)
        yield settings


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation where a few things happened."""
    for settings in running_installation(tmp_path_factory.mktemp("office")):
        furnish(settings)
        with connect(settings, Role.OWNER) as connection:
            for person in (OFFICER, MEYER):
                create_person(connection, person, PASSWORD)
            connection.execute(GLASS, (UUID(int=1),))
            last_week = monday_of(datetime.now(UTC).date()) - timedelta(days=7)
            connection.execute("select audit.prepare_week(%s, 'UTC', 2)", (last_week,))
        append(settings, Event("dr.meyer", "doctor", "read", "chart", [1], 9))
        append(settings, Event("doctor", "doctor", "read", "chart", [2], 9))
        append(settings, Event("nurse", "nurse", "read", "chart", [2], result="denied"))
        told = Disclosure("results of 2026", (1,), "County Court", "1 Square", "law",
                          "order 12/26")  # fmt: skip
        disclose(settings, OFFICER, told)
        for_payment = Disclosure("a claim", (1,), "An insurer", "", "payment", "claim")
        disclose(settings, OFFICER, for_payment)
        yield settings


@pytest.fixture
def opened(office: Settings, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens one of the officer's pages."""

    def open_page(name: str) -> AppTest:
        app = page_of(office, monkeypatch, "officer")
        return app.switch_page(f"views/compliance/{name}.py").run()

    return open_page


def last_events(settings: Settings, count: int) -> list[tuple]:
    """Return the newest events, newest first."""
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(LAST_EVENTS, (count,)).fetchall()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_nothing_to_show_says_so(
    empty_office: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    app = page_of(empty_office, monkeypatch, "officer")
    app.switch_page(f"views/compliance/{name}.py").run()

    assert not app.exception
    assert not app.error
    if name == "search":  # the sign-in and the pages opened are events themselves
        assert "sign in" in said(app)
    else:
        assert app.info or app.success


@pytest.mark.parametrize("name", PAGES)
def test_what_an_officer_reads_is_an_event_itself(
    opened: Open, office: Settings, name: str
) -> None:
    app = opened(name)

    assert not app.error
    (action, subject, result), *_ = last_events(office, 1)
    assert (action, result) == ("read", "ok")
    assert subject


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ["doctor", "quality", "nurse", "engineer"])
def test_nobody_else_has_the_pages(
    office: Settings, monkeypatch: pytest.MonkeyPatch, role: str, name: str
) -> None:
    app = page_of(office, monkeypatch, role)

    with pytest.raises(ValueError, match=name):
        app.switch_page(f"views/compliance/{name}.py").run()


def test_the_search_shows_who_did_what_and_narrows(opened: Open) -> None:
    app = opened("search")
    everything = len(app.dataframe[0].value)

    app.selectbox(key="audit_Result").select("denied").run()

    assert everything > 5
    rows = app.dataframe[0].value
    assert list(rows["Who"]) == ["Nurse One (nurse)"]
    assert list(rows["Result"]) == ["✕ refused"]


def test_the_search_of_a_patient_names_that_patient_and_no_other(
    opened: Open, office: Settings
) -> None:
    app = opened("search")

    app.text_input(key="audit_patient").input("000452-5").run()

    assert "Anders, Bruno" in said(app)
    assert "Meyer, Ada" not in said(app)
    who = set(app.dataframe[0].value["Who"])
    assert {"Dr. One (doctor)", "Nurse One (nurse)"} <= who
    assert "Dr. Ada Meyer (dr.meyer)" not in who
    with connect(office, Role.OWNER) as connection:
        event = connection.execute(
            "select patient_keys from audit.event where subject = 'audit search' "
            "order by event_id desc limit 1"
        ).fetchone()
    assert event == ([2],)


def test_a_number_of_nobody_finds_nobody_and_reads_nothing(opened: Open) -> None:
    app = opened("search")

    app.text_input(key="audit_patient").input("999").run()

    assert "No patient has the record number 999" in app.warning[0].value
    assert not app.dataframe


def test_older_events_come_by_pages(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.compliance.search.ROWS_PER_PAGE", 2)
    app = opened("search")
    first = list(app.dataframe[0].value["Event"])

    app = next(each for each in app.button if each.label == "Older").click().run()

    older = list(app.dataframe[0].value["Event"])
    assert len(first) == len(older) == 2
    assert max(older) < min(first) + 2  # reading the page added events itself


def test_a_namesake_is_told_with_reason_and_with_what_is_usual(opened: Open) -> None:
    text = said(opened("looks"))

    assert "Dr. Ada Meyer (dr.meyer)" in text
    assert "Meyer, Ada" in text
    assert "same full name: perhaps the own record" in text
    assert "Has the same family name; 1 of" in text
    assert "Dr. One" in text
    assert "usual in this role" in text


def test_an_opening_waits_with_its_days_until_it_is_decided(
    opened: Open, office: Settings
) -> None:
    app = opened("glass")
    assert "waiting for 5 days ▲ late" in said(app)
    assert "Meier-Lang, Chloé" in said(app)
    decide = next(each for each in app.button if each.label == "Decide")
    app = decide.click().run()
    assert "Choose whether it was right" in app.error[0].value

    app.radio[0].set_value("not_justified")
    app.text_input[0].input("nobody asked for it")
    app = next(each for each in app.button if each.label == "Decide").click().run()

    assert "Decided: not justified" in app.success[0].value
    assert "nobody asked for it" in said(app)
    assert not [each for each in app.button if each.label == "Decide"]
    acts = [event for event in last_events(office, 6) if event[0] == "review glass"]
    assert [result for *_, result in acts] == ["ok", "intended"]


def test_a_week_with_breaks_asks_for_a_word_and_is_signed(
    opened: Open, office: Settings
) -> None:
    app = opened("reviews")
    assert "Not signed, waiting" in said(app)
    assert "breaks of the trail" in app.warning[0].value

    app.text_input[0].input("disk replaced, both events known")
    sign = next(each for each in app.button if each.label == "Sign this week")
    app = sign.click().run()

    assert "is signed" in app.success[0].value
    assert "disk replaced" in said(app)
    assert ("sign review", "ok") in [(e[0], e[2]) for e in last_events(office, 6)]


def test_access_that_is_ended_is_ended_at_once(opened: Open, office: Settings) -> None:
    app = opened("grants")
    before = said(app)
    assert "dr.meyer" in before

    app.selectbox[0].select("dr.meyer")
    app.radio[0].set_value("ended")
    app.text_input[0].input("left the house")
    app = next(each for each in app.button if each.label == "Decide").click().run()

    assert "end it now" in app.success[0].value
    rows = app.dataframe[0].value.set_index("Who")
    assert rows.loc["Dr. Ada Meyer (dr.meyer)", "Account"] == "ended"
    assert "officer" not in app.selectbox[0].options
    assert any(event[0] == "certify access" for event in last_events(office, 6))


def test_the_accounting_of_a_patient_is_made_and_written_down(
    opened: Open, office: Settings
) -> None:
    app = opened("disclosures")
    assert "County Court" in said(app)

    app.text_input(key="disclosures_patient").input("000451-7").run()
    assert list(app.dataframe[0].value["In the accounting"]) == ["need not be", "yes"]
    make = next(each for each in app.button if each.label.startswith("Make the"))
    make.click().run()

    assert not app.error
    exported = ("export", "accounting of disclosures", "ok")
    assert exported in last_events(office, 4)


def test_the_paper_lists_what_has_to_be_listed_in_any_script() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    listed = Disclosed(now, "Суд — Łódź", "1 Square", "law", "=order", "results")
    unlisted = Disclosed(now, "An insurer", "", "payment", "claim", "a claim")

    paper = accounting_pdf("Chloé Meier-Lang, record 1", [listed, unlisted], now)
    table = accounting_csv([listed, unlisted]).decode()

    assert paper.startswith(b"%PDF-")
    assert table.count("\n") == 2
    assert "Łódź" in table
    assert "insurer" not in table
    assert accounting_pdf("Nobody", [], now).startswith(b"%PDF-")
    assert io.BytesIO(paper).getbuffer().nbytes < 200_000


def test_a_kind_of_result_is_held_with_a_reason_and_released_again(
    opened: Open, office: Settings
) -> None:
    app = opened("release")
    assert "every result is read at once" in said(app)
    hold = next(each for each in app.button if each.label == "Hold from now on")
    hold.click().run()
    assert "Write the reason" in said(app)
    app.selectbox[0].select("label").run()
    hold = next(each for each in app.button if each.label == "Hold from now on")
    hold.click().run()
    assert "say of which category, test or label" in said(app).casefold()
    app.selectbox[1].select("hiv").run()
    reason = next(each for each in app.text_input if each.label == "Why")
    reason.input("A clinician tells it first").run()
    hold = next(each for each in app.button if each.label == "Hold from now on")
    hold.click().run()

    assert "Laboratory results, label HIV: after 72 hours" in said(app)
    with connect(office, Role.OWNER) as owner:
        rules = owner.execute(
            "select matched_by, matched_value, hours, set_by, reason, valid_to "
            "from access.release_rule"
        ).fetchall()
        assert rules == [
            ("label", "hiv", 72, "officer", "A clinician tells it first", None)
        ]
        events = [row[::2] for row in owner.execute(LAST_EVENTS, (6,))]
        assert ("hold results", "ok") in events
    next(each for each in app.button if each.label == "End it now").click().run()

    assert "every result is read at once" in said(app)
    assert "ended" in said(app)
    with connect(office, Role.OWNER) as owner:
        assert owner.execute(
            "select ended_by, valid_to <= now() from access.release_rule"
        ).fetchall() == [("officer", True)]


def labelled_button(app: AppTest, label: str) -> AppTest:
    """Click the first button of a label."""
    return next(each for each in app.button if each.label == label).click().run()


def field(app: AppTest, label: str) -> object:
    """Return the last text field of a label."""
    return [each for each in app.text_input if each.label == label][-1]


def test_a_record_is_restricted_and_lifted_with_reasons(
    opened: Open, office: Settings
) -> None:
    app = opened("restrictions")
    assert "No record is restricted" in said(app)
    app.text_input(key="restrict_patient").input("000452-5").run()
    labelled_button(app, "Restrict it now")
    assert "Write the reason" in said(app)
    app.selectbox[0].select("staff").run()
    next(each for each in app.text_input if each.label == "Why").input(
        "Works on the same ward"
    )
    labelled_button(app, "Restrict it now")
    assert "restricted from now on" in said(app)
    assert "Anders" in said(app)
    assert closed_to_doctors(office) == [2]

    labelled_button(app, "Lift it now")
    assert "Write the reason" in said(app)
    field(app, "Why it is lifted").input("Left the hospital")
    labelled_button(app, "Lift it now")

    assert "No record is restricted" in said(app)
    assert closed_to_doctors(office) == []
    subjects = [row[0] for row in last_events(office, 30)]
    assert {"restrict patient", "lift restriction"} <= set(subjects)


def closed_to_doctors(office: Settings) -> list[int]:
    with connect(office, Role.DOCTOR) as doctor:
        doctor.execute("select set_config('ehr.user_id', 'doctor', true)")
        return doctor.execute("select access.closed_patients()").fetchone()[0]


def test_a_label_is_kept_from_a_role_and_shown_again(
    opened: Open, office: Settings
) -> None:
    app = opened("restrictions")
    roles = [each for each in app.selectbox if each.label == "Role"]
    roles[0].select("billing").run()
    next(each for each in app.selectbox if each.label == "Label").select("hiv").run()
    assert "Now seen of every patient." in said(app)
    [each for each in app.text_input if each.label == "Why"][-1].input(
        "Billing needs no such entry"
    )
    labelled_button(app, "Let it be seen of entrusted patients only")

    assert ("billing", "hiv") in label_rules(office)
    assert "Now seen of entrusted patients only." in said(app)
    [each for each in app.text_input if each.label == "Why"][-1].input(
        "The payer asks for the diagnosis"
    )
    labelled_button(app, "Let it be seen of every patient")

    assert label_rules(office) == [("doctor", "substance_use")]


def label_rules(office: Settings) -> list[tuple[str, str]]:
    with connect(office, Role.OWNER) as owner:
        return owner.execute(
            "select role, label_code from access.label_rule"
        ).fetchall()
