"""The quality pages: books, checks and refused rows, and nobody's name."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import create_person
from pipelines.checking.definitions import enter_definitions
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import running_installation
from tests.dashboards.test_uploads import page_of, said
from tests.record.laboratory import PASSWORD, QUALITY, file_of, line

LOADS = "views/quality/loads.py"
CHECKS = "views/quality/checks.py"
REFUSED = "views/quality/refused_rows.py"
CANARIES = ("Canary", "P000451", "SECRETID")
REASON = "to tell the sender which row it was"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with four loads: broken, kept, broken again, held."""
    folder = tmp_path_factory.mktemp("delivery")
    for settings in running_installation(tmp_path_factory.mktemp("desk")):
        with connect(settings, Role.OWNER) as connection:
            create_person(connection, QUALITY, PASSWORD)
        bad = line("SECRETID", patient="P000451", code="")
        loads = (
            (line("A1"), bad, "SECRETID,Canary"),
            (line("A2"),),
            (line("A3"), bad),
            tuple(line(f"H{number}", code="") for number in range(20)),
        )
        for lines in loads:
            path = folder / "lab_results-Canary.csv"
            path.write_bytes(file_of(*lines))
            load(settings, path, format_name="csv", source_system="hospital")
        yield settings


@pytest.fixture
def page(desk: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page of loads."""
    return page_of(desk, monkeypatch, "quality").switch_page(LOADS).run()


def last_event(settings: Settings) -> tuple:
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(
            "select action, purpose from audit.event where action = 'unmask' "
            "order by event_id desc limit 1"
        ).fetchone()


def test_loads_come_newest_first_with_their_books(page: AppTest) -> None:
    told = [text.value for text in page.markdown]

    assert page.title[0].value == "Loads"
    assert "Held as a whole" in told[0]
    books = (
        "1 file, 3 records = 2 read + 0 left out + 1 refused whole; 2 rows = 1 landed "
        "+ 0 unchanged + 1 refused; 1 rule broken"
    )
    assert books in told


def test_a_held_load_says_why_without_inner_names(page: AppTest) -> None:
    assert "20 of 20 rows" in page.error[0].value
    assert "expect_" not in said(page)


def test_a_load_opens_to_its_files_and_feeds(page: AppTest) -> None:
    page.toggle[1].set_value(True).run()
    text = said(page)

    assert "lab_results" in text
    assert "lab results" in text
    assert "read" in text


def test_no_page_shows_a_name_a_number_or_the_name_of_a_file(page: AppTest) -> None:
    texts = [said(page), said(page.switch_page(CHECKS).run())]
    texts.append(said(page.switch_page(REFUSED).run()))

    assert [canary for canary in CANARIES if canary in "\n".join(texts)] == []


def test_checks_show_what_is_new_against_the_load_before(page: AppTest) -> None:
    text = said(page.switch_page(CHECKS).run())

    assert page.title[0].value == "Checks"
    assert "test\\_code is empty" in text
    assert "Persisting" in text
    assert "Rows that broke it, from load to load: 1, 0, 1, 20" in text
    assert "held as a whole" in text


def test_all_rules_can_be_looked_up(page: AppTest) -> None:
    page.switch_page(CHECKS).run()
    rules = page.dataframe[0].value

    assert "test_code is filled." in rules["Rule"].tolist()
    assert not rules["Rule"].str.contains("expect_").any()


FOUND = (
    ("fct_lab_results:flag:normal_within", "failed", 9, 5, 2),
    ("fct_lab_results:patient_key:exists", "passed", 9, 9, 0),
    ("fct_claims:is_voided:owes_nothing", "not_applicable", 0, 0, 0),
)


@pytest.fixture
def judged_marts(desk: Settings) -> Iterator[None]:
    """Keep what a scan of the marts has found, for a while."""
    with connect(desk, Role.BUILDER) as connection:
        enter_definitions(connection)
        for check, state, *counts in FOUND:
            connection.execute(
                "insert into quality.mart_check_result values "
                "(1, %s, 'hospital', %s, %s, %s, %s)",
                (check, state, *counts),
            )
    yield
    with connect(desk, Role.OWNER) as connection:
        connection.execute("truncate quality.mart_check_result")


@pytest.mark.usefixtures("judged_marts")
def test_a_failed_check_of_a_mart_says_why_it_matters_and_who_mends_it(
    page: AppTest,
) -> None:
    text = said(page.switch_page(CHECKS).run())

    assert "Failed: 1 · ● Passed: 1 · ○ Not applicable: no rows to judge: 1" in text
    assert "lies within the range delivered with it" in text
    assert "2 of 5 rows break it" in text
    assert "Ask: laboratory technician" in text


@pytest.fixture
def load_out_of_limits(desk: Settings) -> Iterator[None]:
    """Let the last load of results be unlike those before, for a while."""
    change = (
        "update quality.series_check_result set state = %s, applicable_count = %s, "
        "broken_count = %s where check_id = 'lab_results:series:rows'"
    )
    with connect(desk, Role.BUILDER) as connection:
        enter_definitions(connection)
        connection.execute(change, ("failed", 3, 2))
    yield
    with connect(desk, Role.BUILDER) as connection:
        connection.execute(change, ("not_applicable", 0, 0))


@pytest.mark.usefixtures("load_out_of_limits")
def test_a_load_unlike_those_before_is_told_first(page: AppTest) -> None:
    text = said(page.switch_page(CHECKS).run())

    assert "■ Out of its limits: 1" in text
    assert "has as many rows as loads of its source have" in text
    assert "2 of 3 numbers compared are out of their limits" in text


def test_marts_that_nobody_judged_are_not_called_sound(page: AppTest) -> None:
    text = said(page.switch_page(CHECKS).run())

    assert "The marts have not been judged yet." in text
    assert "● Passed" not in text


def test_from_a_load_to_its_refused_rows(page: AppTest) -> None:
    links = [each for each in page.button if each.label == "See the refused rows"]
    links[-1].click().run()

    text = said(page)
    assert page.title[0].value == "Refused rows"
    assert "2 rows; 1 to 2 shown" in text
    assert "test\\_code is empty." in text
    assert "Has 2 fields where the header has 11." in text


def test_rows_are_narrowed_by_reason(page: AppTest) -> None:
    page.switch_page(REFUSED).run()
    everything = said(page)
    page.selectbox[2].set_value("record").run()

    assert "4 rows" in everything
    assert "1 row;" in said(page)
    assert "test\\_code is empty." not in said(page)


def test_a_whole_line_needs_a_reason_and_is_gone_at_the_next_click(
    page: AppTest, desk: Settings
) -> None:
    page.switch_page(REFUSED).run()
    page.selectbox[2].set_value("record").run()
    show = next(each for each in page.button if each.label == "Show it")
    show.click().run()
    assert "why you need" in page.error[0].value
    assert not [code for code in page.code if "Canary" in code.value]

    page.text_input[0].input(REASON)
    next(each for each in page.button if each.label == "Show it").click().run()
    assert [code.value for code in page.code if "Canary" in code.value] == [
        "SECRETID,Canary"
    ]
    assert last_event(desk) == ("unmask", REASON)

    page.run()
    assert not [code for code in page.code if "Canary" in code.value]


def test_a_whole_line_is_not_shown_after_the_session_was_revoked(
    page: AppTest, desk: Settings
) -> None:
    page.switch_page(REFUSED).run()
    field = next(each for each in page.text_input if each.key.startswith("reason_"))
    reason = "asked after the session ended"
    field.input(reason)
    with connect(desk, Role.OWNER) as connection:
        connection.execute("update access.session set revoked_at = now()")
    next(each for each in page.button if each.label == "Show it").click().run()

    assert not page.code
    assert last_event(desk) != ("unmask", reason)


def test_an_empty_installation_says_that_nothing_came(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(warehouse, Role.OWNER) as connection:
        create_person(connection, QUALITY, PASSWORD)
    page = page_of(warehouse, monkeypatch, "quality")

    assert "No check has failed so far" in said(page)
    assert "Nothing has been delivered yet" in said(page.switch_page(LOADS).run())
    assert "Nothing has been delivered yet" in said(page.switch_page(CHECKS).run())
    assert "No row has been refused" in said(page.switch_page(REFUSED).run())
