"""The page of conservation: all is accounted for, or it says at once what is not."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.quality.conservation_charts import fates_of
from pipelines.access.people import Person, create_person
from pipelines.conserving.conservation import conserve
from pipelines.conserving.reconciliation import reconcile
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conserving.conftest import changed, execute
from tests.dashboards.test_uploads import page_of, said
from tests.record.laboratory import PASSWORD

PAGE = "views/quality/conservation.py"
OFFICER = Person("officer", "Quality One", "quality")
KEPT = """
    create table public.page as select * from raw.lab_results
    where source_system = 'ward' and record_id = 'R0' and value_text = '4.1'
"""
GONE = """
    delete from raw.lab_results
    where source_system = 'ward' and record_id = 'R0' and value_text = '4.1'
"""
BACK = """
    insert into raw.lab_results select * from public.page;
    drop table public.page
"""
DAY = """
    insert into quality.record_reconciliation
    select 'notes', %s, max(run_id), %s, 3, 2, %s, 0, 0, %s, 0
    from quality.conservation_run
"""


@pytest.fixture(scope="module")
def desk(ward: Settings) -> Settings:
    """Return the ward with an officer, before anything was counted."""
    with connect(ward, Role.OWNER) as owner:
        create_person(owner, OFFICER, PASSWORD)
    execute(
        ward,
        "truncate quality.conservation_run cascade",
        "truncate quality.incident_measure",
    )
    return ward


@pytest.fixture
def page(desk: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Yield the page with an officer signed in; take away what was counted for it."""
    yield page_of(desk, monkeypatch, OFFICER.user_id).switch_page(PAGE).run()
    execute(desk, "truncate quality.conservation_run cascade")


def test_before_anything_is_counted_it_says_so_and_when_it_will_be(
    page: AppTest,
) -> None:
    assert page.title[0].value == "Conservation"
    told = [each.value for each in page.info]
    assert "Nothing has been counted yet" in told[0]
    assert "has not been compared yet" in told[1]


def test_it_shows_what_became_of_files_records_and_rows(
    desk: Settings, page: AppTest
) -> None:
    conserve(desk)
    reconcile(desk)
    page.run()
    page.selectbox(key="conservation_source").select("ward").run()
    text = said(page)

    assert "■ Something is lost or added: 0 steps" in text
    shown = {each.label: each.value for each in page.metric}
    assert shown["Files in the archive"] == "8"
    assert shown["Records in their bytes"] == "25"
    assert "● 25 counted in the bytes" in text
    assert "1 refused whole" in text
    assert "bytes of this source, received " in text
    numbers = page.dataframe[0].value
    results = numbers[numbers["Feed"] == "lab results"].set_index("Step")
    assert results.loc["Rows made of them", "Accounted for"] == (
        "11 landed, 1 refused, 1 unchanged"
    )
    assert results.loc["Versions, each with its place", "Accounted for"] == (
        "8 current, 2 superseded, 1 ended"
    )
    assert "nobody has written anything in the record" in text


def test_a_break_stands_on_top_with_its_step_and_is_an_incident(
    desk: Settings, page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with changed(desk, KEPT, GONE, undo=BACK):
        conserve(desk)
        text = said(page.run())
        incidents = said(page_of(desk, monkeypatch, OFFICER.user_id))

    assert (
        "■ Something is lost or added** · Versions stored · lab results · ward" in text
    )
    assert "1 missing and 0 too many" in text
    assert page.selectbox(key="conservation_source").value == "ward"
    assert "Not so: As many versions of facts are stored as landed" in incidents
    assert "1 of 18 missing or too many" in incidents  # versions of all feeds
    assert "last found by count" in incidents


@pytest.mark.parametrize(
    ("state", "missing", "refused", "told"),
    [
        ("different", 1, 0, "■ notes, 1 Jul 2026: 1 missing, 0 too many, 0 different"),
        ("equal", 0, 1, "Entries of which a refused version waits: 1"),
    ],
)
def test_days_of_the_record_are_told(
    desk: Settings, page: AppTest, state: str, missing: int, refused: int, told: str
) -> None:
    reconcile(desk)
    with connect(desk, Role.BUILDER) as builder:
        builder.execute(DAY, (date(2026, 7, 1), state, missing, refused))

    assert told in said(page.run())
    execute(desk, "delete from quality.record_reconciliation")


def test_each_row_of_a_feed_has_one_fate_and_what_is_lost_has_a_part() -> None:
    steps = pd.DataFrame(
        [("notes", "stored", 2), ("notes", "shown", 0), ("", "judged", 5)],
        columns=["subject", "step_code", "missing_count"],
    )
    parts = pd.DataFrame(
        [
            ("notes", "landed", "landed", 9),
            ("notes", "landed", "unchanged", 1),
            ("notes", "landed", "refused", 3),
            ("notes", "decided", "waiting", 2),
            ("notes", "decided", "released", 1),
            ("notes", "current", "current", 6),
            ("notes", "current", "superseded", 2),
            ("notes", "shown", "in_mart", 4),
            ("notes", "shown", "same_study", 2),
            ("", "judged", "mapped", 14),
        ],
        columns=["subject", "step_code", "part_code", "part_count"],
    )

    fates = fates_of(steps, parts).set_index("fate")["count"].to_dict()

    assert fates == {
        "in_mart": 6,
        "superseded": 2,
        "unchanged": 1,
        "waiting": 2,
        "missing": 2,
    }
