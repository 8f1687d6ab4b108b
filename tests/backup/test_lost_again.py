"""What was restored is backed up in its turn, and can be lost and restored again."""

from collections.abc import Iterator

import pytest

from pipelines.backup.manifest import Kind
from pipelines.backup.restored_server import Target
from pipelines.backup.restoring import find_source, restore, take_away
from pipelines.backup.sealed_file import DamageError
from pipelines.backup.verifying import verify_all
from pipelines.database import embedded
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.backup.conftest import BACKUPS_OWN, Site, silent
from tests.backup.test_disaster import last_log_is_kept

LATEST = Target()


class Hospital(Site):
    """A site that moves to a new home each time it is lost."""

    @property
    def settings(self) -> Settings:
        (name,) = (self.folder / "now").read_text().split()
        return self.at(name, backup_folder=self.folder / "backups")

    def move_to(self, name: str) -> None:
        (self.folder / "now").write_text(name)

    def write(self, word: str) -> None:
        """Write a word, and have the backups know it by the log alone."""
        with connect(self.settings, Role.OWNER) as owner:
            owner.execute("create table if not exists raw.said (word text)")
            owner.execute("insert into raw.said values (%s)", (word,))
        last_log_is_kept(self)

    def words(self) -> list[str]:
        with connect(self.settings, Role.OWNER) as owner:
            rows = owner.execute("select word from raw.said order by word")
            return [word for (word,) in rows]

    def lose_and_restore(
        self, name: str, target: Target, backup_id: str = ""
    ) -> list[str]:
        """Lose everything; return what is wrong with what was restored elsewhere."""
        self.lose_everything()
        self.move_to(name)
        opener, folder = self.holders_key(), self.repository.folder
        where = self.repository.backups / backup_id if backup_id else folder
        source = find_source(where, opener, target)
        done = restore(self.settings, source, opener, target, silent)
        embedded.stop(self.settings)
        bring_up(self.settings)
        return done.problems

    def problems(self) -> list[str]:
        """Return what is wrong with the folder of backups."""
        read = verify_all(self.repository, self.own_key())
        return [problem for _, found in read for problem in found]


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """Yield a hospital restored once, with a word from before and one from after."""
    made = Hospital(tmp_path_factory.mktemp("again"))
    made.move_to("first")
    try:
        bring_up(made.settings)
        made.add_holder()
        made.back_up()
        made.write("one")
        assert made.lose_and_restore("second", LATEST) == []
        made.write("two")
        yield made
    finally:
        take_away(made.settings)


# One after another: each goes on where the one before left the hospital.


def test_a_lost_history_is_found_before_anything_is_restored(
    hospital: Hospital,
) -> None:
    assert hospital.problems() == []
    (history,) = (hospital.repository.folder / "wal").rglob("*.history")
    content = history.read_bytes()
    history.unlink()
    try:
        assert hospital.problems() == [
            "log: 00000002.history is missing: what follows is not reached"
        ]
        with pytest.raises(DamageError, match="history is missing"):
            hospital.restore(hospital.at("another"), LATEST)
    finally:
        history.write_bytes(content)
    assert not hospital.at("another").root.exists()


def test_what_was_written_after_a_restore_is_not_lost_with_the_next_machine(
    hospital: Hospital,
) -> None:
    assert hospital.lose_and_restore("third", LATEST) == []

    assert hospital.words() == ["one", "two"]


def test_the_first_increment_after_a_restore_is_a_full_backup(
    hospital: Hospital,
) -> None:
    first = hospital.back_up(is_incremental=True)
    hospital.write("three")
    second = hospital.back_up(is_incremental=True)

    assert (first.kind, second.kind) == (Kind.FULL, Kind.INCREMENTAL)
    assert second.chain == [first.backup_id, second.backup_id]


def test_an_old_moment_restored_after_newer_ones_begins_a_log_of_its_own(
    hospital: Hospital,
) -> None:
    oldest, full, _ = hospital.repository.ids()
    assert hospital.lose_and_restore("fourth", BACKUPS_OWN, full) == []
    assert hospital.words() == ["one", "two"]
    hospital.write("other")

    assert hospital.problems() == []
    assert hospital.lose_and_restore("fifth", LATEST, oldest) == []
    assert hospital.words() == ["one", "other", "two"]
