"""The upload page: verdicts before submitting, and what became of it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.uploads.words import STAGES, VERDICTS
from pipelines.access.people import Person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.uploading import own_uploads
from pipelines.settings import Settings
from tests.access.audit_away import audit_away
from tests.conftest import running_installation
from tests.dashboards.entering import PATIENCE, enter_as
from tests.record.laboratory import (
    HERE,
    TECHNICIAN,
    deliver,
    file_of,
    furnish,
    line,
)

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
PAGE = "views/lab_technician/upload.py"
KINDS = ("title", "subheader", "markdown", "caption", "info", "warning", "error",
         "success")  # fmt: skip
INTERNAL = ("expect_", "None", "nan", "NaT", "Traceback")


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with two patients and a technician."""
    for settings in running_installation(tmp_path_factory.mktemp("laboratory")):
        furnish(settings, tmp_path_factory.mktemp("delivery"))
        yield settings


@pytest.fixture
def page(laboratory: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the upload page as the technician first sees it."""
    return page_of(laboratory, monkeypatch, "technician")


def page_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, user_id: str
) -> AppTest:
    """Return the first page of a persona."""
    monkeypatch.setenv("EHR_HOME", str(settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    return enter_as(AppTest.from_file(str(APP), default_timeout=PATIENCE), user_id)


def said(page: AppTest) -> str:
    """Return all that a page says."""
    texts = [element.value for kind in KINDS for element in page.get(kind)]
    tables = [table.value.to_string() for table in page.dataframe]
    return "\n".join([*texts, *tables, *(button.label for button in page.button)])


def revoke_sessions(settings: Settings) -> None:
    """End every session behind the page's back."""
    with connect(settings, Role.OWNER) as connection:
        connection.execute("update access.session set revoked_at = now()")


def uploaded(page: AppTest, *lines: str, name: str = "labs.csv") -> AppTest:
    """Return the page after a file of these lines was dropped on it."""
    return dropped(page, file_of(*lines), name)


def dropped(page: AppTest, content: bytes, name: str = "labs.csv") -> AppTest:
    """Return the page after a file was dropped on it."""
    page.file_uploader[0].upload(name, content, "text/csv").run()
    return page


def test_the_page_begins_with_a_field_for_a_file_and_no_uploads(page: AppTest) -> None:
    assert page.title[0].value == "Upload results"
    assert "Last delivery" in said(page)
    assert "You have uploaded nothing" in said(page)
    assert "For the source hospital" in said(page)


def test_each_row_stands_under_its_verdict_with_patient_and_reason(
    page: AppTest,
) -> None:
    text = said(
        uploaded(
            page,
            line("N1"),
            line("N2", patient="P9"),
            line("R1", value="6.9"),
            line("N3", code=""),
            HERE[1],
            "N4,P1",
        )
    )

    assert "**✕ Refused: 2 rows**" in text
    assert "Line 5 · Meyer, Ada, P1" in text
    assert "**test\\_code is empty.** Fill in test\\_code." in text
    assert "value: **4.1** here now, **6.9** in the file" in text
    assert "**? Patient not known here: 1 row**" in text
    assert "**● New: 1 row**" in text
    assert "**= Already here: 1 row**" in text
    assert "6 records = 5 read + 0 left out + 1 not readable" in text
    assert "5 rows = 3 that go in + 1 already here + 1 refused" in text
    assert [word for word in INTERNAL if word in text] == []


def test_rows_can_be_narrowed_to_a_verdict(page: AppTest) -> None:
    uploaded(page, line("N1"), line("N3", code=""))
    page.get("pills")[0].select("new").run()

    assert "● New: 1 row" in said(page)
    assert "✕ Refused: 1 row**" not in said(page)


def test_the_field_is_emptied_once_the_file_was_looked_at(page: AppTest) -> None:
    uploaded(page, line("N1"))

    assert not page.file_uploader[0].value
    assert "upload_examination" in page.session_state


def test_a_file_put_away_is_forgotten(page: AppTest) -> None:
    uploaded(page, line("N1"))
    page.button(key="put_away").click().run()

    assert "upload_examination" not in page.session_state
    assert "In the file" not in said(page)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"record_id;test_code\n1;2\n", "semicolons"),
        (b"PK\x03\x04 and more", "a zip archive or a spreadsheet"),
        (file_of().decode().encode("utf-16"), "UTF-16"),
        (file_of(), "no rows below its header"),
        (b"", "empty"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence_and_cannot_be_submitted(
    page: AppTest, content: bytes, told: str
) -> None:
    dropped(page, content)

    assert told in page.error[0].value
    assert not [button for button in page.button if button.key == "submit"]


def test_a_delivery_that_would_be_held_says_so(page: AppTest) -> None:
    uploaded(page, *(line(f"N{number}", code="") for number in range(20)))

    assert "held as a whole" in page.error[0].value
    assert not [button for button in page.button if button.key == "submit"]


def test_a_result_of_another_patient_cannot_be_taken_over(page: AppTest) -> None:
    uploaded(page, line("N1"), line("R1", patient="P2"))

    assert "withdraw it for the first patient" in page.error[0].value
    assert not [button for button in page.button if button.key == "submit"]


def test_a_record_stated_twice_must_be_confirmed(page: AppTest) -> None:
    uploaded(page, line("N1"), line("N1", value="4.9"))
    assert page.button(key="submit").disabled

    page.checkbox(key="is_confirmed").check().run()
    assert not page.button(key="submit").disabled


def test_what_was_submitted_is_followed_to_the_chart(
    page: AppTest, laboratory: Settings, tmp_path: Path
) -> None:
    uploaded(page, line("U1"))
    page.button(key="submit").click().run()

    assert "Submitted" in page.success[0].value
    assert "upload_examination" not in page.session_state
    assert STAGES["waiting"] in said(page)

    deliver(laboratory, tmp_path / "lab_results.csv", file_of(line("U1")))
    assert STAGES["preparing"] in said(page.run())
    with connect(laboratory, Role.BUILDER) as connection:
        connection.execute("delete from raw.touched_patients")
    assert STAGES["on_chart"] in said(page.run())
    assert "1 went in, 0 already here, 0 refused" in said(page)


def test_a_click_after_the_session_was_revoked_submits_nothing(
    page: AppTest, laboratory: Settings
) -> None:
    uploaded(page, line("REVOKED1"))
    before = len(own_uploads(laboratory, TECHNICIAN))
    revoke_sessions(laboratory)
    page.button(key="submit").click().run()

    assert len(own_uploads(laboratory, TECHNICIAN)) == before
    assert "upload_submitted" not in page.session_state
    assert "session has ended" in page.info[0].value


def test_a_click_after_the_session_was_revoked_makes_no_sample(
    page: AppTest, laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        "dashboards.uploads.choosing.upload_sample", lambda *_: asked.append(1) or b""
    )
    revoke_sessions(laboratory)
    page.button(key="sample").click().run()

    assert asked == []
    assert "session has ended" in page.info[0].value


def test_delivered_text_cannot_dress_up_the_page(page: AppTest) -> None:
    picture = "![x](https://example.org/x.png)"
    uploaded(page, line("N1", code="", value=picture), name="**bold**.csv")

    assert picture not in said(page)
    assert "**bold**.csv" not in page.subheader[0].value


def test_where_no_sample_can_be_made_the_page_says_so_and_stands(
    page: AppTest,
) -> None:
    page.button(key="sample").click().run()  # no mart was built here

    assert "could not be done" in page.error[0].value
    assert page.title[0].value == "Upload results"


def test_without_audit_no_verdict_is_shown(page: AppTest, laboratory: Settings) -> None:
    with audit_away(laboratory):
        text = said(uploaded(page, line("N1")))

    assert "Meyer" not in text
    assert "audit trail cannot be written" in text


def test_the_page_is_not_there_for_another_role(
    laboratory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page_of(laboratory, monkeypatch, "quality")

    with pytest.raises(ValueError, match="upload"):
        app.switch_page(PAGE).run()


def test_every_verdict_and_stage_has_words() -> None:
    from pipelines.landing.row_verdicts import RowVerdict  # noqa: PLC0415

    assert set(VERDICTS) == {*RowVerdict, "patient_unknown"}
    assert {words.sign for words in VERDICTS.values()} > {"✕", "●"}


def test_nothing_of_a_file_stays_behind_when_nobody_submits(
    page: AppTest, laboratory: Settings
) -> None:
    before = own_uploads(laboratory, Person("technician", "T", TECHNICIAN.role))
    folders = set(laboratory.deliveries_folder.rglob("*"))
    uploaded(page, line("LEFT1", patient="P1"))

    assert set(laboratory.deliveries_folder.rglob("*")) == folders
    assert len(own_uploads(laboratory, TECHNICIAN)) == len(before)
