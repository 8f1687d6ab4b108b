"""An external server is dumped without leaving a row out, and filled again from it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from pipelines.access import audit
from pipelines.access.people import Person, create_person
from pipelines.access.sign_in import sign_in
from pipelines.backup import logical
from pipelines.backup.drill import run_drill
from pipelines.backup.manifest import Kind
from pipelines.backup.repository import BackupError
from pipelines.backup.verifying import verify_all
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Mode, Settings
from pipelines.sources.csv_feeds.template import template
from tests.backup.conftest import Site, silent
from tests.database.external_server import BINARIES, ExternalServer, external_server

pytestmark = pytest.mark.skipif(
    not BINARIES.is_dir(), reason=f"needs PostgreSQL 15 in {BINARIES}"
)
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a person in a test
MODEL = """
    insert into ml.model values (
        'readmission', 'v1', now(), now(), 500, 250, 10, 5, 0.1, '{}', true, null,
        repeat('0', 64), '{}'
    )
"""
# Under row-level security that is forced: its owner, too, sees what a policy lets it.
SCORE = """
    insert into ml.risk_score (
        patient_key, stay_key, model_name, model_version, predicted_at, window_ends_at,
        scored_at, status_code, risk, base_rate, training_events, is_model_shown,
        sensitivity
    )
    values (
        1, 's1', 'readmission', 'v1', now(), now() + interval '30 days', now(),
        'scored', 0.2, 0.1, 250, true, 0
    )
"""


class ExternalSite(Site):
    """A site whose databases are on a server of somebody else's."""

    @property
    def settings(self) -> Settings:
        return self.on(self.folder / "home", (self.folder / "url").read_text())

    def on(self, home: Path, url: str) -> Settings:
        return Settings(
            home=home,
            mode=Mode.TEST,
            database_url=url,
            backup_folder=self.folder / "backups",
            _env_file=None,
        )


@pytest.fixture(scope="module")
def servers() -> Iterator[list[ExternalServer]]:
    with ExitStack() as running:
        yield [running.enter_context(external_server()) for _ in range(2)]


@pytest.fixture(scope="module")
def site(
    servers: list[ExternalServer], tmp_path_factory: pytest.TempPathFactory
) -> ExternalSite:
    """Return an installation on an external server, with something of everything."""
    made = ExternalSite(tmp_path_factory.mktemp("external"))
    (made.folder / "url").write_text(servers[0].url())
    bring_up(made.settings)
    made.add_holder()
    delivery = made.folder / "delivery"
    delivery.mkdir()
    for feed in ("patients", "encounters", "lab_results"):
        (delivery / f"{feed}.csv").write_text(template(feed))
    load(made.settings, delivery, format_name="csv")
    with connect(made.settings, Role.OWNER) as connection:
        create_person(connection, Person("d.weber", "Dr. Weber", "doctor"), PASSWORD)
    with connect(made.settings, Role.BUILDER) as connection:
        connection.execute(MODEL)
        connection.execute(SCORE)
        connection.execute("create table marts.fct_made_anew (one int)")
    audit.append(made.settings, audit.Event("doctor", "doctor", "look", "chart"))
    return made


def test_what_is_not_derived_comes_back_on_a_new_server(
    site: ExternalSite, servers: list[ExternalServer]
) -> None:
    made = site.back_up()
    new = site.on(site.folder / "new home", servers[1].url())

    done = site.restore(new)
    bring_up(new)

    tables = {each.table: each.rows for each in made.fingerprints}
    assert made.kind is Kind.LOGICAL
    assert (tables["ml.risk_score"], tables["raw.lab_results"]) == (1, 2)
    assert "marts.fct_made_anew" not in tables
    assert (done.tables, done.problems) == (len(made.fingerprints), [])
    assert sign_in(new, "d.weber", PASSWORD).person.role == "doctor"
    with connect(new, Role.COMPLIANCE) as connection:
        assert audit.verify(new, connection) == []
    with connect(new, Role.OWNER) as connection:
        scores = connection.execute("select count(*) from ml.risk_score").fetchone()
        assert scores == (1,)


def test_it_stays_closed_to_those_it_was_closed_to(
    site: ExternalSite, servers: list[ExternalServer]
) -> None:
    new = site.on(site.folder / "new home", servers[1].url())

    with connect(new, Role.DOCTOR) as nobody:
        found = nobody.execute("select count(*) from ml.risk_score").fetchone()
        assert found == (0,)
    with (
        connect(new, Role.RESEARCHER) as researcher,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        researcher.execute("select * from raw.lab_results")


def test_a_server_that_holds_something_is_not_written_over(
    site: ExternalSite, servers: list[ExternalServer]
) -> None:
    with pytest.raises(BackupError, match="is not empty: restore into a new server"):
        site.restore(site.on(site.folder / "third home", servers[1].url()))


def test_a_policy_that_hides_rows_from_the_dump_stops_it(site: ExternalSite) -> None:
    with connect(site.settings, Role.OWNER) as owner:
        owner.execute(
            "create policy hides on ml.risk_score as restrictive for select "
            "to public using (false)"
        )
    try:
        with pytest.raises(BackupError, match="hide rows of ml"):
            site.back_up()
    finally:
        with connect(site.settings, Role.OWNER) as owner:
            owner.execute("drop policy hides on ml.risk_score")


def test_a_dump_that_fails_is_no_backup(
    site: ExternalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site.repository.ids()
    monkeypatch.setattr(logical, "_path_of", lambda *_: "/bin/false")

    with pytest.raises(BackupError, match="pg_dump failed"):
        site.back_up()

    assert site.repository.ids() == before


def test_nothing_of_a_dump_stands_in_plain(site: ExternalSite) -> None:
    content = b"".join(
        path.read_bytes()
        for path in site.repository.folder.rglob("*")
        if path.is_file()
    )

    assert b"d.weber" not in content
    assert b"risk_score" not in content
    read = verify_all(site.repository, site.own_key())
    assert [problem for _, found in read for problem in found] == []


def test_the_drill_restores_a_dump_into_a_server_of_its_own(site: ExternalSite) -> None:
    done = run_drill(site.settings, silent)

    assert done.problems == []
    assert done.tables > 40
