"""What people write is never sealed by keys that are not this installation's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.access.encryption import KeyringError
from pipelines.access.keyring_file import ensure_keyring
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.noting import write_note
from pipelines.record.actions.reading_entries import entries
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR, MINE
from tests.actions.desk import register
from tests.versions import versions

KEYRING = "keyring.json"
EVENTS = "select count(*) from audit.event where result = 'intended'"


@pytest.fixture
def keyring_file(ward: Settings) -> Iterator[Path]:
    """Yield the file of the keys, which comes back afterwards."""
    write_note(ward, DOCTOR, MINE, note_type="progress", text="before")
    path = ward.keys_folder / KEYRING
    before = path.read_bytes()
    yield path
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(before)


def announced(ward: Settings) -> int:
    with connect(ward, Role.COMPLIANCE) as compliance:
        return compliance.execute(EVENTS).fetchone()[0]


def lost(path: Path, _: Path) -> None:
    path.unlink()


def damaged(path: Path, _: Path) -> None:
    path.write_text("{}")


def of_another_installation(path: Path, elsewhere: Path) -> None:
    ensure_keyring(elsewhere)
    path.write_bytes((elsewhere / KEYRING).read_bytes())


@pytest.mark.parametrize("spoil", [lost, damaged, of_another_installation])
def test_nothing_is_written_nor_announced_without_the_installations_keys(
    ward: Settings,
    keyring_file: Path,
    tmp_path: Path,
    spoil: Callable[[Path, Path], None],
) -> None:
    before = announced(ward), versions(ward, "notes"), versions(ward, "patients")
    spoil(keyring_file, tmp_path / "other")

    for act in (
        lambda: write_note(ward, DOCTOR, MINE, note_type="progress", text="after"),
        lambda: register(ward),
        lambda: entries(ward, DOCTOR, "notes", [MINE]),
    ):
        with pytest.raises(KeyringError, match="keyring"):
            act()

    after = announced(ward), versions(ward, "notes"), versions(ward, "patients")
    assert after == before
