"""An external PostgreSQL 15 with TLS serves the whole way; nothing less safe does."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import psycopg2
import pytest

from pipelines.building import build_marts
from pipelines.database.connections import (
    DatabaseAddressError,
    administrator_conninfo,
    connect,
    server_address,
)
from pipelines.database.embedded import ServerError
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Mode, Settings
from pipelines.sources.csv_feeds.template import template
from pipelines.supervision.dagster_home import storage_url
from tests.database.external_server import (
    BINARIES,
    SUPERUSER,
    ExternalServer,
    external_server,
)

needs_postgresql_15 = pytest.mark.skipif(
    not BINARIES.is_dir(), reason=f"needs PostgreSQL 15 in {BINARIES}"
)
FEEDS = ("patients", "encounters", "lab_results", "prescriptions")


@pytest.fixture(scope="module")
def server() -> Iterator[ExternalServer]:
    with external_server() as running:
        yield running


@pytest.fixture(scope="module")
def installation(
    server: ExternalServer, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Return an installation whose databases are on the external server."""
    settings = settings_with(tmp_path_factory.mktemp("external"), server.url())
    bring_up(settings)
    return settings


def settings_with(home: Path, url: str) -> Settings:
    return Settings(home=home, mode=Mode.TEST, database_url=url, _env_file=None)


def count(settings: Settings, query: str) -> int:
    with connect(settings, Role.OWNER) as connection:
        return connection.execute(query).fetchone()[0]


@needs_postgresql_15
def test_an_administrator_without_superuser_brings_everything_up_twice(
    installation: Settings,
) -> None:
    bring_up(installation)

    for database in ("record", "warehouse"):
        with connect(installation, Role.OWNER, database) as connection:
            secured = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
            assert connection.execute(secured).fetchone() == (True,)
            assert connection.info.server_version // 10000 == 15


@needs_postgresql_15
def test_records_go_all_the_way_to_the_marts(
    installation: Settings, tmp_path: Path
) -> None:
    for feed in FEEDS:
        (tmp_path / f"{feed}.csv").write_text(template(feed))

    report = load(installation, tmp_path, format_name="csv")
    build_marts(installation)
    build_marts(installation)

    assert report.status == "landed"
    with connect(installation, Role.BUILDER) as connection:
        results = connection.execute("select count(*) from marts.fct_lab_results")
        assert results.fetchone() == (2,)
    with connect(installation, Role.DOCTOR) as nobody:
        results = nobody.execute("select count(*) from marts.fct_lab_results")
        assert results.fetchone() == (0,)


@needs_postgresql_15
def test_the_run_storage_of_dagster_is_reached_over_tls(
    installation: Settings,
) -> None:
    url = storage_url(installation).replace("postgresql+psycopg2://", "postgresql://")

    connection = psycopg2.connect(url)
    try:
        assert connection.info.ssl_in_use
        assert connection.info.dbname == "dagster"
    finally:
        connection.close()


@needs_postgresql_15
def test_text_is_sorted_by_its_bytes(installation: Settings) -> None:
    collation = (
        "select count(*) from pg_database where datcollate = 'C' "
        "and datname in ('record', 'warehouse', 'dagster')"
    )

    assert count(installation, collation) == 3


@needs_postgresql_15
def test_a_server_signed_by_a_stranger_is_refused(
    server: ExternalServer, tmp_path: Path
) -> None:
    url = server.url(sslrootcert=str(server.stranger))

    with pytest.raises(ServerError, match="certificate verify failed"):
        bring_up(settings_with(tmp_path, url))


@needs_postgresql_15
def test_a_database_of_somebody_else_is_never_taken(
    installation: Settings, server: ExternalServer, tmp_path: Path
) -> None:
    other = settings_with(tmp_path, server.url(SUPERUSER))
    with psycopg.connect(**administrator_conninfo(other), autocommit=True) as site:
        site.execute(f"alter database record owner to {SUPERUSER}")
        try:
            with pytest.raises(ServerError, match="serves something else"):
                bring_up(installation)
        finally:
            site.execute("alter database record owner to ehr_owner")


@needs_postgresql_15
def test_a_login_with_special_rights_is_never_taken(
    installation: Settings, server: ExternalServer, tmp_path: Path
) -> None:
    other = settings_with(tmp_path, server.url(SUPERUSER))
    with psycopg.connect(**administrator_conninfo(other), autocommit=True) as site:
        site.execute("alter role ehr_nurse bypassrls")
        try:
            with pytest.raises(ServerError, match="ehr_nurse have special rights"):
                bring_up(installation)
        finally:
            site.execute("alter role ehr_nurse nobypassrls")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a:b@db.example.org/postgres",
        "postgresql://a:b@db.example.org/postgres?sslmode=require",
        "postgresql://a:b@db.example.org/postgres?sslmode=verify-ca",
        "postgresql:///postgres?host=/run/postgresql,db.example.org",
        "postgresql:///postgres?host=/run/postgresql&hostaddr=192.0.2.1",
    ],
)
def test_an_address_that_could_be_overheard_is_refused(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(DatabaseAddressError, match="sslmode=verify-full"):
        server_address(settings_with(tmp_path, url))


def test_an_address_without_a_host_is_refused(tmp_path: Path) -> None:
    # The driver would take the host from PGHOST, wherever that points.
    with pytest.raises(DatabaseAddressError, match="names no host"):
        server_address(settings_with(tmp_path, "postgresql:///postgres"))


def test_a_misspelled_address_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAddressError) as caught:
        server_address(settings_with(tmp_path, "postgres//a:secret@db"))

    assert "secret" not in str(caught.value)


def test_a_socket_needs_no_tls(tmp_path: Path) -> None:
    url = "postgresql://a:b@/postgres?host=/run/postgresql"

    assert server_address(settings_with(tmp_path, url))["host"] == "/run/postgresql"
