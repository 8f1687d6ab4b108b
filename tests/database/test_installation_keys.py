"""Lost, damaged or foreign keys are a clear error, never garbage and never new keys."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.access.encryption import KEYRING_FILE, KeyringError, ensure_keyring
from pipelines.access.people import Person, create_person
from pipelines.access.reading import Reader
from pipelines.access.sign_in import sign_in
from pipelines.database import embedded
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.diagnosis import examine
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import running_installation

Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    yield from running_installation(tmp_path_factory.mktemp("lost-keys"))


def missing(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_text(path.read_text()[:200])


def empty(path: Path) -> None:
    path.write_text("")


def no_object(path: Path) -> None:
    path.write_text("[]")


def short_key(path: Path) -> None:
    keys = json.loads(path.read_text())
    keys["hash"]["patient"] = keys["hash"]["patient"][:-2]
    path.write_text(json.dumps(keys))


def without_current_key(path: Path) -> None:
    keys = json.loads(path.read_text())
    keys["current_column_key"] = "c9"
    path.write_text(json.dumps(keys))


def of_older_version(path: Path) -> None:
    keys = json.loads(path.read_text())
    del keys["wrapping"], keys["format"]
    path.write_text(json.dumps(keys))


def open_to_others(path: Path) -> None:
    path.chmod(0o644)


def foreign(path: Path) -> None:
    path.unlink()
    ensure_keyring(path.parent)


def other_column_key(path: Path) -> None:
    keys = json.loads(path.read_text())
    keys["column"]["c1"] = keys["column"]["c1"][::-1]
    path.write_text(json.dumps(keys))


def other_patient_key(path: Path) -> None:
    keys = json.loads(path.read_text())
    keys["hash"]["patient"] = keys["hash"]["patient"][::-1]
    path.write_text(json.dumps(keys))


DAMAGES = {
    missing: "restore",
    cut: "damaged",
    empty: "damaged",
    no_object: "damaged",
    short_key: "damaged",
    without_current_key: "damaged",
    of_older_version: "another version",
    open_to_others: "chmod 600",
    foreign: "not the one",
    other_column_key: "not the one",
    other_patient_key: "not the one",
}


@pytest.fixture
def damaged(
    installation: Settings, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Settings, str]]:
    """Damage the keyring for one test; yield what the error must say."""
    path = installation.keys_folder / KEYRING_FILE
    shutil.copy2(path, tmp_path)
    request.param(path)
    try:
        yield installation, DAMAGES[request.param]
    finally:
        shutil.copy2(tmp_path / KEYRING_FILE, path)


every_damage = pytest.mark.parametrize(
    "damaged", DAMAGES, ids=[each.__name__ for each in DAMAGES], indirect=True
)


@every_damage
def test_bringing_up_refuses_keys_that_do_not_fit(
    damaged: tuple[Settings, str],
) -> None:
    settings, said = damaged
    path = settings.keys_folder / KEYRING_FILE
    before = path.read_bytes() if path.exists() else None

    with pytest.raises(KeyringError, match=said):
        bring_up(settings)

    assert (path.read_bytes() if path.exists() else None) == before


@every_damage
def test_a_load_refuses_keys_that_do_not_fit(
    damaged: tuple[Settings, str], tmp_path: Path
) -> None:
    settings, said = damaged
    (tmp_path / "organizations.csv").write_text("record_id,name\nO1,One\n")

    with pytest.raises(KeyringError, match=said):
        load(settings, tmp_path, format_name="csv", source_system="lost")

    with connect(settings, Role.OWNER) as owner:
        rows = owner.execute("select count(*) from raw.delivery").fetchone()
    assert rows == (0,)


@every_damage
def test_a_page_refuses_keys_that_do_not_fit(damaged: tuple[Settings, str]) -> None:
    settings, said = damaged

    with pytest.raises(KeyringError, match=said):
        reader_of(settings).search_patients("example", "select 1 as patient_key")


@every_damage
def test_the_doctor_names_keys_that_do_not_fit(damaged: tuple[Settings, str]) -> None:
    settings, said = damaged

    found = {each.subject: each for each in examine(settings)}

    assert not found["keyring"].is_well
    assert said in found["keyring"].remedy


@every_damage
def test_nobody_signs_in_with_keys_that_do_not_fit(
    damaged: tuple[Settings, str],
) -> None:
    settings, said = damaged
    reader_of(settings)

    with pytest.raises(KeyringError, match=said):
        sign_in(settings, "doctor.keys", "a long password")


def reader_of(settings: Settings) -> Reader:
    """Return a doctor's reader; what the error says does not depend on the doctor."""
    person = Person("doctor.keys", "Doctor", "doctor")
    with connect(settings, Role.OWNER) as owner:
        known = owner.execute(
            "select 1 from access.person where user_id = %s", (person.user_id,)
        ).fetchone()
        if not known:
            create_person(owner, person, "a long password")
    return Reader(settings, person)


def test_keys_lost_beside_databases_are_not_made_anew(
    installation: Settings, tmp_path: Path
) -> None:
    kept = tmp_path / "keys"
    shutil.copytree(installation.keys_folder, kept)
    shutil.rmtree(installation.keys_folder)
    try:
        with pytest.raises(KeyringError, match="new keys would open nothing"):
            bring_up(installation)
        assert not installation.keys_folder.exists()
    finally:
        shutil.copytree(kept, installation.keys_folder)
    assert embedded.place(installation).data_folder.exists()
    bring_up(installation)


def test_a_keyring_in_a_trace_shows_no_key(installation: Settings) -> None:
    keys = json.loads((installation.keys_folder / KEYRING_FILE).read_text())
    secrets = [*keys["hash"].values(), *keys["column"].values()]
    ring = ensure_keyring(installation.keys_folder)

    assert not [key for key in secrets if key in repr(ring)]
    assert not [key for key in ring.hash_keys.values() if repr(key) in repr(ring)]
