"""Delivered notes and reports on the chart: opened when asked for, and on record."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from psycopg import sql
from streamlit.testing.v1 import AppTest

from pipelines.access.encryption import load_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.dashboards.test_pages import app, open_chart, sign_in, texts

__all__ = ["app"]
CONTENT = UUID(int=9)
NOTE = {"note_text": "Walks well.\nPain *is* less."}
REPORT = {"impression_text": "No clot.", "report_text": "Lungs are clear."}
ROWS = """
    insert into marts.fct_notes values ('hospital:N1', 1, 'progress', 'Progress note',
        'Dr. B. Stone', 'physician', 'final', false, '2026-02-01', 'hospital');
    insert into marts.fct_imaging_reports values ('hospital:IR1', 1, 'CT of chest',
        'CT', 'Thorax', 'Dr. C. Field', 'preliminary', false, false, false,
        '2026-02-02');
    insert into marts.fct_devices values ('hospital:DV1', 1, 'Pacemaker', '1',
        'Left chest', 'inactive', null, '2020-02-02', null);
    insert into marts.fct_protected_texts values
        ('notes', 'hospital:N1', 1, false, 0),
        ('imaging_reports', 'hospital:IR1', 1, false, 0);
"""
FORGET = """
    delete from marts.fct_notes where note_key = 'hospital:N1';
    delete from marts.fct_imaging_reports;
    delete from marts.fct_devices;
    delete from marts.fct_protected_texts;
    delete from identity.notes;
    delete from identity.imaging_reports;
"""
SUBJECTS = "select subject from audit.event where subject like 'chart, with texts%'"


def store(
    settings: Settings, feed: str, record_id: str, columns: dict[str, str]
) -> None:
    """Write texts as the loader does."""
    keyring = load_keyring(settings.keys_folder)
    row = {
        column: keyring.encrypt(
            text, f"identity.{feed}|{column}|{record_id}.{CONTENT.hex}"
        )
        for column, text in columns.items()
    }
    row |= {"source_system": "hospital", "record_id": record_id, "patient_key": 1}
    row |= {"is_closed": False, "version_at": "2026-02-03", "known_from": "2026-02-03"}
    row |= {"adapter_revision": 1, "delivery_id": 1, "file_id": 1, "line_number": 1}
    statement = sql.SQL("insert into identity.{} ({}) values ({})").format(
        sql.Identifier(feed),
        sql.SQL(", ").join(map(sql.Identifier, [*row, "content_hash"])),
        sql.SQL(", ").join(sql.Placeholder() * (len(row) + 1)),
    )
    with connect(settings, Role.OWNER) as owner:
        owner.execute(statement, [*row.values(), CONTENT])


@pytest.fixture
def delivered(hospital: Settings) -> Iterator[Settings]:
    """Yield the hospital with a note, a report and a device of patient 1."""
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(ROWS)
    store(hospital, "notes", "N1", NOTE)
    store(hospital, "imaging_reports", "IR1", REPORT)
    yield hospital
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(FORGET)


def opened(settings: Settings) -> list[str]:
    """Return what the trail says of texts that were opened."""
    with connect(settings, Role.OWNER) as owner:
        return [subject for (subject,) in owner.execute(SUBJECTS)]


def turn_on(page: AppTest, label: str) -> AppTest:
    """Ask for texts."""
    (toggle,) = [each for each in page.toggle if each.label == label]
    return toggle.set_value(True).run()


def test_a_text_is_opened_when_asked_for_and_the_trail_says_so(
    app: AppTest,
    delivered: Settings,
) -> None:
    sign_in(app, "doctor")
    before = opened(delivered)
    page = open_chart(app, "doctor", 1)
    closed = texts(page)
    still = opened(delivered)
    said = texts(turn_on(page, "Read delivered notes"))
    after_note = opened(delivered)
    report = texts(turn_on(page, "Read reports"))

    assert "Walks well" not in closed
    assert "clear" not in closed
    assert still == before
    assert "Walks well." in said
    assert "Dr. B. Stone" in said
    assert "Lungs are clear." not in said
    assert after_note == [*before, "chart, with texts of notes"]
    assert "No clot." in report
    assert "Lungs are clear." in report
    assert "CT of chest, not final" in report


@pytest.mark.usefixtures("delivered")
def test_a_device_that_may_be_there_is_not_called_gone(app: AppTest) -> None:
    sign_in(app, "doctor")
    page = open_chart(app, "doctor", 1)
    (devices,) = [
        table.value for table in page.dataframe if "In the patient" in table.value
    ]
    assert devices["In the patient"].tolist() == ["not known"]
    assert devices["Device"].tolist() == ["Pacemaker"]
