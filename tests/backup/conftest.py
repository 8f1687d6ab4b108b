"""An installation that is backed up, and what restores another from it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.backup.holders import Opener
from pipelines.backup.key_files import load_backup_keys, new_holder, read_opener
from pipelines.backup.making import Wanted, make_backup
from pipelines.backup.manifest import Manifest
from pipelines.backup.repository import Repository
from pipelines.backup.restored_server import Target
from pipelines.backup.restoring import Restored, find_source, restore, take_away
from pipelines.database.provisioning import bring_up
from pipelines.settings import Mode, Settings
from tests.conftest import taken_away

PASSPHRASE = "a long passphrase of the holder"  # noqa: S105 - of a test
BACKUPS_OWN = Target(is_backups_own=True)


@pytest.fixture(scope="package", autouse=True)
def umask_of_commands() -> Iterator[None]:
    """Let every file be its maker's alone, as in every command of ``ehr``.

    What the server's own user needs, it must be given.
    """
    before = os.umask(0o077)
    yield
    os.umask(before)


def silent(_: str) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True)
class Site:
    """An installation, the folder of its backups, and a holder's key elsewhere."""

    folder: Path

    @property
    def settings(self) -> Settings:
        return self.at("home", backup_folder=self.folder / "backups")

    @property
    def repository(self) -> Repository:
        return Repository(self.folder / "backups")

    @property
    def holder_file(self) -> Path:
        return self.folder / "holder.json"

    def at(self, name: str, **changes: object) -> Settings:
        """Return the settings of a home of this site."""
        home = self.folder / name
        return Settings(home=home, mode=Mode.TEST, _env_file=None, **changes)

    def add_holder(self) -> None:
        new_holder(self.settings.keys_folder, self.holder_file, PASSPHRASE)

    def own_key(self) -> Opener:
        return load_backup_keys(self.settings.keys_folder).opener()

    def holders_key(self) -> Opener:
        return read_opener(self.holder_file, PASSPHRASE)

    def back_up(
        self, *, is_incremental: bool = False, keep: int | None = None
    ) -> Manifest:
        wanted = Wanted(
            self.repository.folder, is_incremental=is_incremental, chains_kept=keep
        )
        return make_backup(self.settings, wanted, silent)

    def restore(self, settings: Settings, target: Target = BACKUPS_OWN) -> Restored:
        opener = self.holders_key()
        source = find_source(self.repository.folder, opener, target)
        return restore(settings, source, opener, target, silent)

    def lose_everything(self) -> None:
        """Remove server and home: the backups and the holder's key stay."""
        taken_away(self.settings)
        shutil.rmtree(self.settings.root)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield a running installation with nothing in it, and a second holder."""
    made = Site(tmp_path_factory.mktemp("site"))
    try:
        bring_up(made.settings)
        made.add_holder()
        yield made
    finally:
        taken_away(made.settings)


@pytest.fixture
def restored(site: Site) -> Iterator[Settings]:
    """Yield a home to restore into; nothing is left of it."""
    settings = site.at("restored")
    try:
        yield settings
    finally:
        take_away(settings)
