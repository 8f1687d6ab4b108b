"""The reports page: imaging and microbiology, their versions, and who reads them."""

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.place import PATIENT
from dashboards.reports.microbiology import susceptibility_text
from pipelines.access.people import Person, PersonRole, find_person
from pipelines.access.reading import Query, Reader
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.clinicians.conftest import Clinic
from tests.clinicians.delivered import versions_of
from tests.clinicians.test_accession import page_of
from tests.clinicians.test_forms import said
from tests.dashboards.entering import enter_as

FEED = "imaging_reports"
VERSIONS = """
    select patient_key, imaging_report_key, version_number, is_current
    from marts.fct_imaging_report_versions
    where source_system = 'operational'
"""
FINDINGS = """
    select patient_key, lab_result_key, organism_name, antibiotic_name,
        susceptibility_code, susceptibility_name
    from marts.fct_microbiology_results
    where source_system = 'operational' and is_current
"""
# Whose reports tell most: one changed its words, one grew something.
CHANGED = """
    select patient_key, imaging_report_key
    from marts.fct_imaging_report_versions
    where imaging_report_key = any(%s)
    limit 1
"""
GROWN = """
    select patient_key from marts.fct_microbiology_results
    where susceptibility_code = 'R' and is_current
    group by patient_key order by count(*) desc, patient_key limit 1
"""
LAST_READ = """
    select subject, patient_keys from audit.event
    where action = 'read' and subject like 'reports%%'
    order by event_id desc limit 1
"""


def reports(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    patient_key: int,
    user_id: str = PersonRole.DOCTOR,
    role: PersonRole = PersonRole.DOCTOR,
) -> AppTest:
    """Return the page of a patient's reports, as somebody sees it."""
    page = page_of(clinic, monkeypatch, role, "reports")
    page = enter_as(page, user_id)
    page.session_state[PATIENT] = patient_key
    return page.switch_page(f"views/{role}/reports.py").run()


@pytest.fixture(scope="module")
def changed(clinic: Clinic) -> tuple[int, str, list[dict[str, str]]]:
    """Return patient, key and versions of a report whose words were changed."""
    told = {
        f"operational:{key}": rows
        for key, rows in versions_of(clinic.settings, FEED).items()
        if len({row["report_text"] for row in rows}) > 1
    }
    assert told
    with connect(clinic.settings, Role.BUILDER) as builder:
        patient_key, key = builder.execute(CHANGED, (list(told),)).fetchone()
    return patient_key, key, told[key]


@pytest.fixture(scope="module")
def grown(clinic: Clinic) -> int:
    """Return a patient of whom something resistant grew."""
    with connect(clinic.settings, Role.BUILDER) as builder:
        return builder.execute(GROWN).fetchone()[0]


def test_versions_and_findings_are_those_of_the_files(clinic: Clinic) -> None:
    with connect(clinic.settings, Role.BUILDER) as builder:
        versions = builder.execute(VERSIONS).fetchall()
        findings = builder.execute(FINDINGS).fetchall()

    told = versions_of(clinic.settings, FEED)
    assert len(versions) == sum(map(len, told.values())) > len(told)
    assert sum(is_current for *_, is_current in versions) == len(told)
    results = [
        rows[-1] for rows in versions_of(clinic.settings, "lab_results").values()
    ]
    germs = [row for row in results if row["organism_name"]]
    drugs = [row for row in results if row["antibiotic_name"]]
    letters = {"S": "Susceptible", "I": "Intermediate", "R": "Resistant"}
    assert {
        (key.removeprefix("operational:"), organism, antibiotic, code, name)
        for _, key, organism, antibiotic, code, name in findings
        if antibiotic
    } == {
        (
            row["record_id"],
            row["organism_name"],
            row["antibiotic_name"],
            row["value_text"],
            letters[row["value_text"]],
        )
        for row in drugs
    }
    assert sum(bool(organism) for _, _, organism, *_ in findings) == len(germs) > 0
    cultures = [row for row in results if "culture" in row["test_name"].lower()]
    assert len(findings) == len(cultures) + len(drugs)


def test_a_text_is_behind_a_click_and_the_former_one_is_struck_through(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    changed: tuple[int, str, list[dict[str, str]]],
) -> None:
    patient_key, key, versions = changed
    now, before = (versions[place]["report_text"] for place in (-1, 0))
    page = reports(clinic, monkeypatch, patient_key)
    sentence = now.split("\n")[0].split(". ")[0]
    assert sentence not in said(page)

    page = page.toggle(f"report_{key}").set_value(True).run()

    text = said(page)
    assert sentence in text
    assert "no longer holds" in text
    assert any(
        each.value.startswith("~~") and before.split(". ")[0][:30] in each.value
        for each in page.markdown
    )
    with connect(clinic.settings, Role.OWNER) as owner:
        assert owner.execute(LAST_READ).fetchone() == (
            f"reports, with texts of {FEED}",
            [patient_key],
        )


def test_what_grew_and_what_kills_it_is_told_in_words(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, grown: int
) -> None:
    page = reports(clinic, monkeypatch, grown)

    text = said(page)
    assert "**Grew " in text
    assert "Before: ~~No growth to date~~" in text
    says = [
        words
        for each in page.dataframe
        if "Says" in each.value
        for words in each.value["Says"]
    ]
    assert "✕ R resistant" in says
    assert set(says) <= {"✕ R resistant", "● S susceptible", "◐ I intermediate"}


def test_a_letter_that_cannot_be_read_is_not_called_susceptible() -> None:
    class Row:
        susceptibility_code = None
        susceptibility_name = None
        laboratory_flag = "?"

    assert susceptibility_text(Row()) == "○ not read: ?"
    Row.laboratory_flag = None
    assert susceptibility_text(Row()) == "○ not told"


def test_a_nurse_of_another_ward_sees_no_report(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    other_nurse: Person,
    changed: tuple[int, str, list[dict[str, str]]],
) -> None:
    patient_key, key, _ = changed
    page = reports(
        clinic, monkeypatch, patient_key, other_nurse.user_id, PersonRole.NURSE
    )
    assert "not open to you" in said(page)

    reader = Reader(clinic.settings, other_nurse)
    read = reader.read(
        "test",
        {"versions": Query(VERSIONS, {}), "findings": Query(FINDINGS, {})},
        [patient_key],
        [FEED],
        with_former=True,
    )
    assert [len(frame) for frame in read.frames.values()] == [0, 0]
    assert read.texts[FEED].by_fact == {}
    assert list(read.former[FEED]) == []
    doctors = Reader(clinic.settings, clinic.doctor).read(
        "test", {}, [patient_key], [FEED], with_former=True
    )
    assert {each.fact_key for each in doctors.former[FEED]} >= {key}


@pytest.mark.parametrize(
    "role", [PersonRole.BILLING, PersonRole.LAB_TECHNICIAN, PersonRole.REGISTRAR]
)
def test_others_read_no_report_and_no_former_text(
    clinic: Clinic, role: PersonRole
) -> None:
    with connect(clinic.settings, Role.OWNER) as owner:
        person = find_person(owner, role)
    reader = Reader(clinic.settings, person)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.read("test", {"versions": Query(VERSIONS, {})})
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.read("test", {}, [clinic.patient_key], [FEED], with_former=True)
    if role is not PersonRole.LAB_TECHNICIAN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.read("test", {"findings": Query(FINDINGS, {})})
