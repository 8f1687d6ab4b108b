"""A record that another system keeps on another PostgreSQL is fetched as it changes."""

from collections.abc import Iterator

import dagster as dg
import psycopg
import pytest

from pipelines.access.encryption import KeyringError, load_keyring, patient_key_of
from pipelines.assets.record import record_feeds
from pipelines.commands.status import state_of
from pipelines.database.connections import (
    DatabaseAddressError,
    connect,
    connect_elsewhere,
)
from pipelines.database.roles import Role
from pipelines.diagnosis import examine
from pipelines.other_record import is_other_news_waiting, land_other_record
from pipelines.schedules import record_changes
from pipelines.settings import Settings
from pipelines.sources.operational.extract import OtherRecordError
from tests.conftest import running_installation
from tests.database.external_server import (
    BINARIES,
    SUPERUSER,
    ExternalServer,
    external_server,
)
from tests.rotation.sealed_values import opened_values

pytestmark = pytest.mark.skipif(
    not BINARIES.is_dir(), reason=f"needs PostgreSQL 15 in {BINARIES}"
)
# Made by another system: fewer columns than the feeds have, numbers of its own.
HEAD = """
    version_id uuid primary key default gen_random_uuid(),
    record_id text not null,
    patient_key bigint not null,
    is_entered_in_error boolean not null default false,
    changed_at timestamptz not null default clock_timestamp(),
    transaction_id xid8 not null default pg_current_xact_id()
"""
TABLES = f"""
    drop schema if exists people, laboratory cascade;
    create schema people;
    create schema laboratory;
    create table people.patients (
        {HEAD}, family_name text, birth_date date, sex_code text
    );
    create table laboratory.lab_results (
        {HEAD}, test_code text, code_system text, test_name text, value_text text,
        unit text, status_code text, collected_at timestamptz
    );
"""
NAME = "Canaryname"
PATIENT = """
    insert into people.patients (record_id, patient_key, family_name, birth_date)
    values ('7', 7, %s, '1970-01-02')
"""
RESULT = """
    insert into laboratory.lab_results (
        record_id, patient_key, test_code, code_system, test_name, value_text, unit,
        status_code, collected_at
    )
    values (
        %s, 7, '2823-3', 'LOINC', 'Potassium', %s, 'mmol/L', 'final',
        '2026-02-01 10:00+02'
    )
"""
LANDED = """
    select record_id, value_text, collected_at at time zone 'UTC' = '2026-02-01 08:00'
    from raw.lab_results
    where source_system = 'his'
    order by version_at
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ExternalServer]:
    with external_server() as running:
        yield running


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    yield from running_installation(tmp_path_factory.mktemp("fetching"))


@pytest.fixture
def his(
    server: ExternalServer, installation: Settings
) -> Iterator[tuple[Settings, psycopg.Connection]]:
    """Yield an installation that fetches the other record, and who writes there."""
    url = server.url(SUPERUSER)
    changes = {"record_url": url, "record_source": "his"}
    settings = Settings(**installation.model_dump() | changes, _env_file=None)
    with connect(installation, Role.OWNER) as owner:
        owner.execute("truncate raw.lab_results, raw.patients, identity.patients")
        owner.execute("truncate raw.extract_position")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(TABLES)
        yield settings, other


def landed(settings: Settings) -> list[tuple]:
    with connect(settings, Role.OWNER) as owner:
        return owner.execute(LANDED).fetchall()


def test_what_is_new_there_lands_once_under_numbers_of_its_own(
    his: tuple[Settings, psycopg.Connection],
) -> None:
    settings, other = his
    other.execute(PATIENT, (NAME,))
    other.execute(RESULT, ("1", "4.1"))

    assert is_other_news_waiting(settings)
    report = land_other_record(settings)

    assert (report.status, report.source_system) == ("landed", "his")
    assert landed(settings) == [("1", "4.1", True)]
    assert not is_other_news_waiting(settings)
    assert land_other_record(settings) is None
    keyring = load_keyring(settings.keys_folder)
    key = patient_key_of(keyring.patient_digest("his", "7"))
    with connect(settings, Role.OWNER) as owner:
        keys = owner.execute("select distinct patient_key from raw.lab_results")
        assert keys.fetchall() == [(key,)]
    names = [v for place, v in opened_values(settings).items() if "family_n" in place]
    assert names == [NAME]


def test_a_correction_is_a_version_and_a_late_commit_is_not_skipped(
    his: tuple[Settings, psycopg.Connection], server: ExternalServer
) -> None:
    settings, other = his
    with psycopg.connect(server.url(SUPERUSER)) as late:
        late.execute(RESULT, ("late", "4.4"))
        other.execute(RESULT, ("1", "4.1"))
        land_other_record(settings)
        other.execute(RESULT, ("1", "4.2"))
        land_other_record(settings)
    assert is_other_news_waiting(settings)

    land_other_record(settings)

    found = [(record, value) for record, value, _ in landed(settings)]
    assert found == [("late", "4.4"), ("1", "4.1"), ("1", "4.2")]


def test_a_position_of_another_server_is_not_believed(
    his: tuple[Settings, psycopg.Connection],
) -> None:
    settings, other = his
    other.execute(RESULT, ("1", "4.1"))
    land_other_record(settings)
    with connect(settings, Role.OWNER) as owner:
        elsewhere = "regexp_replace(snapshot, '@.*', '@1/his')"
        owner.execute(f"update raw.extract_position set snapshot = {elsewhere}")  # noqa: S608 - the words above

    assert is_other_news_waiting(settings)
    report = land_other_record(settings)

    assert report.feeds["lab_results"].unchanged == 1
    assert not is_other_news_waiting(settings)


def test_a_value_that_others_sealed_is_refused_and_nothing_lands(
    his: tuple[Settings, psycopg.Connection],
) -> None:
    settings, other = his
    other.execute(PATIENT, ("c1:" + "A" * 60,))
    other.execute(RESULT, ("1", "4.1"))

    with pytest.raises(KeyringError, match="by another installation's keys"):
        land_other_record(settings)

    assert landed(settings) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("drop column transaction_id", "lab_results of EHR_RECORD_URL lacks trans"),
        ("drop column patient_key", "lab_results of EHR_RECORD_URL lacks patient_key"),
        (
            "alter column collected_at type timestamp",
            "collected_at is no timestamp with time zone",
        ),
    ],
)
def test_a_table_of_another_form_is_told_and_not_read(
    his: tuple[Settings, psycopg.Connection], change: str, told: str
) -> None:
    settings, other = his
    other.execute(RESULT, ("1", "4.1"))
    other.execute(f"alter table laboratory.lab_results {change}")

    with pytest.raises(OtherRecordError, match=told):
        land_other_record(settings)
    (finding,) = [each for each in examine(settings) if "source his" in each.subject]
    assert not finding.is_well
    assert told in finding.remedy


def test_a_server_that_is_away_keeps_nothing_of_ours_from_the_marts(
    his: tuple[Settings, psycopg.Connection], server: ExternalServer
) -> None:
    settings, _ = his
    url = server.url(SUPERUSER).replace(f":{server.port}/", ":1/")
    values = settings.model_dump() | {"record_url": url}
    away = Settings(**values, _env_file=None)

    done = dg.materialize([record_feeds], resources={"settings": away})
    with dg.build_sensor_context(
        instance=dg.DagsterInstance.ephemeral(), resources={"settings": away}
    ) as context:
        looked = record_changes(context)

    assert done.success
    assert "EHR_RECORD_URL was not read" in looked.skip_reason.skip_message
    assert "[red]the record of source his:[/red]" in state_of(away)["other_record"]


def test_news_there_begin_a_run_and_reach_the_books_by_it(
    his: tuple[Settings, psycopg.Connection],
) -> None:
    settings, other = his
    other.execute(RESULT, ("1", "4.1"))

    with dg.build_sensor_context(
        instance=dg.DagsterInstance.ephemeral(), resources={"settings": settings}
    ) as context:
        assert len(record_changes(context).run_requests) == 1
    assert "not landed yet" in state_of(settings)["other_record"]
    assert dg.materialize([record_feeds], resources={"settings": settings}).success

    assert landed(settings) == [("1", "4.1", True)]
    assert "all of it" in state_of(settings)["other_record"]


def test_an_address_that_could_be_overheard_is_refused(
    his: tuple[Settings, psycopg.Connection], server: ExternalServer
) -> None:
    settings, _ = his
    for mode in ("", "require", "verify-ca"):
        values = settings.model_dump() | {"record_url": server.url(sslmode=mode)}
        with pytest.raises(DatabaseAddressError, match="EHR_RECORD_URL needs sslmode"):
            connect_elsewhere(Settings(**values, _env_file=None))
