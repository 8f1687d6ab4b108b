"""The patient's pages: one's own record, nobody else's, read as a layman would."""

from pathlib import Path

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.access.people import Person, create_person
from pipelines.access.sign_in import sign_in
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.conftest import real_sources
from tests.dashboards.entering import PATIENCE, enter_with
from tests.dashboards.plain_text import findings, lines_of

APP = Path(__file__).parents[2] / "dashboards" / "app.py"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
PAGES = {
    "results": "My results",
    "medicines": "My medicines",
    "plans": "My treatment plans",
    "visits": "My visits",
    "access_log": "Who looked at my record",
}
READABLE = {
    "own_appointments",
    "own_consents",
    "own_contacts",
    "own_coverages",
    "own_medicines",
    "own_notes",
    "own_plans",
    "own_profile",
    "own_reports",
    "own_requests",
    "own_results",
    "own_visits",
    "dim_organizations",
    "dim_practitioners",
}
# Rich records, and the one with the most kinds of tests.
RICHEST = """
    select patient_key
    from marts.own_results
    where source_system = %s
    group by patient_key
    order by count(distinct test_name) desc, count(*) desc, patient_key
    limit %s
"""
NAMES = """
    select practitioner_name from marts.dim_practitioners
    union select organization_name from marts.dim_organizations
    union select organization_name || ', ' || location_name
    from marts.own_visits
    inner join marts.dim_organizations using (organization_key)
    union select location_name from marts.own_visits
"""


def make_accounts(settings: Settings, source: str, count: int) -> list[str]:
    """Make an account for each of the richest records of a source; return user ids."""
    with connect(settings, Role.BUILDER) as connection:
        keys = connection.execute(RICHEST, (source, count)).fetchall()
    people = [
        Person(f"own-{source}-{place}", "Somebody", "patient", patient_key=key)
        for place, (key,) in enumerate(keys)
    ]
    with connect(settings, Role.OWNER) as connection:
        for person in people:
            create_person(connection, person, PASSWORD)
    return [person.user_id for person in people]


@pytest.fixture(scope="module")
def patients(simulated_hospital: Settings) -> list[str]:
    """Return accounts of three rich records of the simulated hospital."""
    return make_accounts(simulated_hospital, "hospital", 3)


@pytest.fixture(scope="module")
def foreign_hospital(
    tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> Settings:
    """Yield an installation with MIMIC-IV and one set of Synthea."""
    yield from real_sources(tmp_path_factory.mktemp("foreign"), shared_data)


def entered(
    settings: Settings, user_id: str, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """Return the app after a patient signed in."""
    monkeypatch.setenv("EHR_HOME", str(settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    return enter_with(app, sign_in(settings, user_id, PASSWORD).token)


def opened(app: AppTest, page: str) -> AppTest:
    """Return a page of the patient with every card on it."""
    for shown in ("shown_cards", "shown_visits", "shown_days"):
        app.session_state[shown] = 10_000
    return app.switch_page(f"views/patient/{page}.py").run()


def names_in(settings: Settings) -> set[str]:
    """Return the names of people and places, which may hold anything."""
    with connect(settings, Role.BUILDER) as connection:
        return {name for (name,) in connection.execute(NAMES) if name}


def stumbled_over(
    settings: Settings, user_id: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[str]]:
    """Return what a layman stumbles over, by line, on all pages of a patient."""
    app = entered(settings, user_id, monkeypatch)
    names = names_in(settings)
    found = {}
    for page, title in PAGES.items():
        opened(app, page)
        assert [shown.value for shown in app.title] == [title]
        assert not app.exception
        assert not app.error
        own_name = app.markdown[0].value.strip("*")
        found |= {
            line: findings(line, {*names, own_name})
            for line in lines_of(app)
            if findings(line, {*names, own_name})
        }
    return found


def test_no_page_holds_a_code_abbreviation_or_number_without_its_meaning(
    simulated_hospital: Settings,
    patients: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for user_id in patients:
        assert stumbled_over(simulated_hospital, user_id, monkeypatch) == {}


@pytest.mark.shared_data
@pytest.mark.parametrize("source", ["synthea", "mimic"])
def test_records_of_other_sources_are_as_plain(
    source: str, foreign_hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (user_id,) = make_accounts(foreign_hospital, source, 1)
    assert stumbled_over(foreign_hospital, user_id, monkeypatch) == {}


@pytest.mark.shared_data
def test_few_tests_of_other_sources_have_no_plain_name(
    foreign_hospital: Settings,
) -> None:
    with connect(foreign_hospital, Role.BUILDER) as connection:
        shares = dict(
            connection.execute(
                "select source_system, avg((not is_test_explained)::int) "
                "from marts.own_results group by source_system"
            ).fetchall()
        )
    assert shares["synthea"] == 0
    assert shares["mimic"] < 0.005


def test_every_page_says_whose_it_is_how_fresh_and_what_to_do_in_need(
    simulated_hospital: Settings,
    patients: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = entered(simulated_hospital, patients[0], monkeypatch)
    for page in PAGES:
        opened(app, page)
        assert len(app.markdown[0].value.strip("*").split()) >= 2
        assert "Your record was last updated" in app.caption[1].value
        assert "emergency number (112 or 911)" in app.info[0].value
        assert len(app.caption) >= 3  # who is signed in, how fresh, what is shown


def test_an_empty_record_says_so_on_every_page(
    simulated_hospital: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Person("own-empty", "Newcomer", "patient", patient_key=1)
    with connect(simulated_hospital, Role.OWNER) as connection:
        create_person(connection, nobody, PASSWORD)
    app = entered(simulated_hospital, "own-empty", monkeypatch)
    empty_words = {
        "results": "No result has come in",
        "medicines": "No medicine has come in",
        "plans": "No treatment plan has come in",
        "visits": "No visit has come in",
        "access_log": "Nobody else has looked",
    }
    for page, words in empty_words.items():
        opened(app, page)
        assert words in app.info[1].value
        assert "Nothing has come in for you yet." in app.caption[1].value


def test_the_rows_read_are_audited_before_they_are_shown(
    simulated_hospital: Settings,
    patients: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = entered(simulated_hospital, patients[1], monkeypatch)
    opened(app, "visits")
    with connect(simulated_hospital, Role.OWNER) as connection:
        subject, keys, result = connection.execute(
            "select subject, patient_keys, result from audit.event "
            "where user_id = %s order by event_id desc limit 1",
            (patients[1],),
        ).fetchone()
        own_key = connection.execute(
            "select patient_key from access.person where user_id = %s", (patients[1],)
        ).fetchone()[0]
    assert (subject, keys, result) == ("own visits", [own_key], "ok")


def test_a_patient_reads_the_own_record_and_names_of_staff_and_nothing_else(
    simulated_hospital: Settings,
) -> None:
    with connect(simulated_hospital, Role.PATIENT) as connection:
        readable = connection.execute(
            "select namespace.nspname, relation.relname from pg_class as relation "
            "inner join pg_namespace as namespace "
            "on relation.relnamespace = namespace.oid "
            "where relation.relkind in ('r', 'v', 'm', 'p') "
            "and has_schema_privilege(namespace.oid, 'usage') "
            "and has_any_column_privilege(relation.oid, 'select') "
            "and namespace.nspname in ('marts', 'ml', 'research', 'access', 'audit', "
            "'quarantine', 'quality', 'identity', 'staging', 'intermediate', "
            "'terminology')"
        ).fetchall()
    assert {name for schema, name in readable if schema == "marts"} == READABLE
    assert [row for row in readable if row[0] != "marts"] == []


def seen_by(settings: Settings, user_id: str, statement: str) -> list[tuple]:
    """Return what the login of patients brings under a user id."""
    with connect(settings, Role.PATIENT) as connection:
        connection.execute("select set_config('ehr.user_id', %s, true)", (user_id,))
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("mart", sorted(name for name in READABLE if "own" in name))
def test_rows_of_the_own_record_are_those_of_the_person_asking(
    simulated_hospital: Settings, patients: list[str], mart: str
) -> None:
    statement = f"select distinct patient_key from marts.{mart}"  # noqa: S608 - name of a mart
    keys = [seen_by(simulated_hospital, user_id, statement) for user_id in patients]
    assert [len(seen) for seen in keys] == [1, 1, 1]
    assert len({seen[0] for seen in keys}) == 3
    for user_id in ("", "nobody", "doctor"):
        assert seen_by(simulated_hospital, user_id, statement) == []


LOOKS = (
    "select person_name, role_code, subject, result, is_own "
    "from access.looks_at_own_record() order by happened_at"
)
APPEND = "select audit.append(%s, %s, 'read', %s, %s, 1, null, %s)"


def test_a_patient_sees_the_looks_at_oneself_and_never_whom_else(
    simulated_hospital: Settings,
) -> None:
    people = [
        Person("own-looked-at", "Looked At", "patient", patient_key=901),
        Person("own-other", "Other", "patient", patient_key=902),
    ]
    with connect(simulated_hospital, Role.OWNER) as connection:
        for person in people:
            create_person(connection, person, PASSWORD)
    with connect(simulated_hospital, Role.AUDITOR) as auditor:
        for event in (
            ("doctor", "doctor", "chart", [901, 902, 903], "ok"),
            ("nurse", "nurse", "chart", [901], "denied"),
            ("own-looked-at", "patient", "own visits", [901], "ok"),
            ("nurse", "nurse", "chart", [902], "ok"),
            ("gone", "doctor", "chart", [901], "ok"),
        ):
            auditor.execute(APPEND, event)
        auditor.commit()

    looks = seen_by(simulated_hospital, "own-looked-at", LOOKS)
    assert [(subject, result, own) for _, _, subject, result, own in looks] == [
        ("chart", "ok", False),
        ("chart", "denied", False),
        ("own visits", "ok", True),
        ("chart", "ok", False),
    ]
    assert looks[0][:2] == ("Dr. Gustavo Altocampo", "doctor")
    assert looks[3][0] is None
    assert len(seen_by(simulated_hospital, "own-other", LOOKS)) == 2
    for user_id in ("", "nobody", "doctor", "nurse"):
        assert seen_by(simulated_hospital, user_id, LOOKS) == []


def test_an_announcement_that_has_an_outcome_is_told_once(
    simulated_hospital: Settings,
) -> None:
    asking = Person("own-announced", "Announced", "patient", patient_key=911)
    with connect(simulated_hospital, Role.OWNER) as connection:
        create_person(connection, asking, PASSWORD)
    append = (
        "select event_id from audit.append('doctor', 'doctor', 'acknowledge', "
        "'acknowledgements', array[911]::bigint[], 1, null, %s, %s)"
    )
    with connect(simulated_hospital, Role.AUDITOR) as auditor:
        (event_id,) = auditor.execute(append, ("intended", None)).fetchone()
        auditor.execute(append, ("ok", event_id))
        auditor.execute(append, ("intended", None))
        auditor.commit()

    looks = seen_by(simulated_hospital, "own-announced", LOOKS)
    assert [look[3] for look in looks] == ["ok", "intended"]


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.NURSE, Role.COMPLIANCE])
def test_nobody_but_patients_asks_who_looked_at_oneself(
    simulated_hospital: Settings, role: Role
) -> None:
    with (
        connect(simulated_hospital, role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(LOOKS)
