"""The campaign: canaries through every path, then one look at every place."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.access.people import PersonRole
from pipelines.database import embedded
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.feeds.catalogue import DELIVERED
from pipelines.record.filling import fill_record
from pipelines.write_back import land_record
from tests.canaries.campaign import Campaign, listening, noting_quotes
from tests.canaries.failing import build_and_fail, fail_in_every_way
from tests.canaries.ledger import Kind, Ledger
from tests.canaries.onlookers import Onlooker, onlookers_of
from tests.canaries.people import make_people
from tests.canaries.planting import (
    GOOD,
    patients_of,
    write_broken,
    write_good,
    write_held,
    write_history,
    write_spoilt,
)
from tests.canaries.scan import Finding, in_databases, in_file, in_folder, signs_in
from tests.canaries.to_browsers import Tap, tapped
from tests.canaries.writing import write_in_every_way
from tests.conftest import installation_with_marts

SOURCE = ("--format", "csv", "--source", "canary", "--json")


@pytest.fixture(scope="package")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Yield an installation through which every canary has been pushed."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("canaries")):
        sources = tmp_path_factory.mktemp("sources")
        campaign = Campaign(settings, Ledger(), sources)
        with pytest.MonkeyPatch.context() as patch, temporary_folder(patch):
            patch.setenv("EHR_HOME", str(settings.root))
            patch.setenv("EHR_MODE", "test")
            with listening(campaign), noting_quotes(campaign):
                push(campaign)
            yield campaign


@pytest.fixture(scope="package")
def built(campaign: Campaign) -> Campaign:
    """Return the campaign once the marts were built, and builds have failed."""
    with listening(campaign), noting_quotes(campaign):
        build_and_fail(campaign)
    return campaign


@pytest.fixture(scope="package")
def onlookers(built: Campaign) -> dict[PersonRole, Onlooker]:
    """Return a persona of each role."""
    return onlookers_of(built)


@pytest.fixture(scope="package")
def tap(built: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tap]:
    """Yield the pages, with a tap on what they send."""
    with tapped(built, tmp_path_factory.mktemp("tap")) as opened:
        yield opened


@pytest.fixture(scope="package")
def findings(campaign: Campaign) -> list[Finding]:
    """Return every canary of every place, allowed or not."""
    return look_everywhere(campaign)


class temporary_folder:  # noqa: N801 - a context
    """A folder for temporary files of this campaign alone, to look into later."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def __enter__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="canaries-")
        self._patch.setattr(tempfile, "tempdir", self._folder)
        self._patch.setenv("TMPDIR", self._folder)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def push(campaign: Campaign) -> None:
    """Push canaries through every path: first what succeeds."""
    campaign.patients += patients_of(campaign.ledger, "recorded")
    make_people(campaign)
    campaign.trying("fill", lambda: fill(campaign))
    campaign.trying("land record", lambda: land_record(campaign.settings))
    deliver(campaign)
    write_in_every_way(campaign)
    campaign.trying("land entries", lambda: land_record(campaign.settings))
    fail_in_every_way(campaign)
    ask(campaign)


def fill(campaign: Campaign) -> None:
    """Take a history over into the record."""
    folder = write_history(
        campaign.sources / "history", campaign.ledger, campaign.patients
    )
    keyring = load_keyring(campaign.settings.keys_folder)
    with connect(campaign.settings, Role.OWNER, RECORD) as owner:
        fill_record(owner, keyring, folder)


def deliver(campaign: Campaign) -> None:
    """Load what lands, what is refused, what is held and what cannot be read."""
    ledger, patients, sources = campaign.ledger, campaign.patients, campaign.sources
    good = write_good(sources / "good", ledger, patients)
    named = ledger.word("a file's name", Kind.FILE_NAME, "landed")
    (good / "odd_table.csv").rename(good / f"{named}.csv")
    campaign.ehr("load", str(good), *SOURCE, path="load good")
    spoilt = write_spoilt(sources / "spoilt", ledger, patients)
    campaign.ehr("load", str(spoilt), *SOURCE, path="load spoilt")
    held = write_held(sources / "held", ledger, patients)
    campaign.ehr("load", str(held), *SOURCE, path="load held")
    for folder, rows in write_broken(sources / "broken", ledger, patients).items():
        campaign.ehr("load", str(folder), *SOURCE, path="load broken")
        campaign.ehr("load", str(folder), "--dry-run", path="load broken, dry run")
        landed = landed_ids(campaign)
        for row in rows:  # of a file that is cut, the lines before the cut
            if row["record_id"] in landed:
                ledger.let_in(row.values(), GOOD)


def landed_ids(campaign: Campaign) -> set[str]:
    """Return the ids of all rows that landed from files."""
    with connect(campaign.settings, Role.OWNER) as owner:
        return {
            record_id
            for feed in DELIVERED.values()
            if not feed.is_identity_only
            for (record_id,) in owner.execute(
                f"select record_id from raw.{feed.name} "  # noqa: S608 - of the catalogue
                "where source_system = 'canary'"
            )
        }


def ask(campaign: Campaign) -> None:
    """Run the commands that tell of what is there."""
    campaign.ehr("quarantine", "--limit", "2000")
    campaign.ehr("quarantine", "--lines", path="quarantine without reason")
    campaign.ehr("status")
    campaign.ehr("audit", "verify")
    export = campaign.settings.root / "exports" / "events.csv"
    export.parent.mkdir()
    campaign.ehr(
        "audit", "export", str(export), "--purpose", "yearly review of exports"
    )


def look_everywhere(campaign: Campaign) -> list[Finding]:
    """Look through what was said, files, temporary files, the log and every table."""
    settings, server = campaign.settings, embedded.place(campaign.settings)
    said = [
        Finding(f"said: {place}", sign)
        for place, texts in campaign.said.items()
        for sign in signs_in("\n".join(texts))
    ]
    left_out = (server.data_folder,)
    temporary = in_folder(Path(tempfile.gettempdir()), "temporary", ())
    log = [Finding("server log", sign) for sign in in_file(server.log_file)]
    home = in_folder(settings.root, "home", left_out)
    return [*said, *home, *temporary, *log, *in_databases(settings)]
