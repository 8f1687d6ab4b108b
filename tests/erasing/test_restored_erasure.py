"""A backup brings an erased patient back; nobody is let in before the patient goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.access import audit
from pipelines.access.encryption import load_keyring
from pipelines.backup import after_restore
from pipelines.backup.erasure_list import told_of_list
from pipelines.backup.restoring import take_away
from pipelines.cli import app
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.database.unfinished_restore import UnfinishedRestoreError
from pipelines.erasing.erasing import erase
from pipelines.erasing.patient import ErasureError
from pipelines.erasing.register import Order, listed, register_file, take_over
from pipelines.settings import Settings
from pipelines.supervision.services import start_services
from tests.erasing.conftest import CANARY, PASSPHRASE, PATIENT_ID, SPOOLED, Hospital
from tests.erasing.traces import traces

SIGNS = (CANARY, PATIENT_ID)
IN_TRAIL = "select count(*) from audit.event where subject = %s"


@pytest.fixture(scope="module")
def erased(hospital: Hospital) -> Hospital:
    """Return the hospital once the patient has been erased."""
    if not register_file(hospital.settings).exists():
        order = Order("request 12", "d.officer", "operator:test")
        erase(hospital.settings, str(hospital.patient_key), order)
    return hospital


@pytest.fixture
def home(
    erased: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Yield a new home to restore into."""
    settings = erased.settings.model_copy(update={"home": tmp_path / "new"})
    settings = Settings(**settings.model_dump(), _env_file=None)
    monkeypatch.setenv("EHR_HOME", str(settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    monkeypatch.setenv("EHR_BACKUP_FOLDER", str(settings.backup_folder))
    monkeypatch.setenv("COLUMNS", "200")
    try:
        yield settings
    finally:
        take_away(settings)


def restored(hospital: Hospital, *options: str) -> Result:
    """Restore the moment from before the erasure, by command."""
    one = hospital.settings.backup_folder / "backups" / hospital.backup_id
    command = ("restore", str(one), "--key", str(hospital.holder_file), *options)
    return CliRunner().invoke(app, (*command, "--at", "backup"), input=PASSPHRASE)


def test_an_erasure_is_repeated_before_anybody_is_let_in(
    erased: Hospital, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_: Settings) -> int:
        message = "the power failed"
        raise ErasureError(message)

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.erasing.erasing.reapply", break_off)
        assert "the power failed" in str(restored(erased).exception)

    assert len(traces(home, SIGNS)) > 30
    with pytest.raises(UnfinishedRestoreError, match="run 'ehr up'"):
        start_services(home, lambda _: None)

    up = CliRunner().invoke(app, ["up", "--database-only"])

    assert up.exit_code == 0, up.output
    on_list = len(listed(register_file(home)))
    assert f"erasures: {on_list} on the list, {on_list} carried out again" in up.output
    assert traces(home, SIGNS) == set()
    assert not after_restore.are_erasures_due(home)
    assert events_of_the_spool(home) == (1, 0)


def events_of_the_spool(settings: Settings) -> tuple[int, int]:
    """Return how often the spooled event is in the trail, and how many wait."""
    with connect(settings, Role.COMPLIANCE) as compliance:
        (count,) = compliance.execute(IN_TRAIL, (SPOOLED,)).fetchone()
    return count, audit.waiting(settings).length


def test_a_newer_list_from_elsewhere_is_taken_over_once(
    erased: Hospital, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", _env_file=None)
    settings.keys_folder.mkdir(parents=True)
    known = register_file(erased.settings)
    register_file(settings).write_text(known.read_text().partition("\n")[0] + "\n")
    newer = tmp_path / "newer.jsonl"
    digest = load_keyring(erased.settings.keys_folder).patient_digest("hospital", "X9")
    line = f'{{"digest": "{digest.hex()}", "erasure_id": "{"1" * 32}"}}\n'
    newer.write_text(known.read_text() + line)

    take_over(settings, newer)

    assert listed(register_file(settings)) == listed(newer)
    assert take_over(settings, newer) == 0
    with pytest.raises(ErasureError, match="no list of erasures at"):
        take_over(settings, tmp_path / "none")
    newer.write_text("{}")
    with pytest.raises(ErasureError, match="is damaged"):
        take_over(settings, newer)


def test_the_list_is_with_the_backups_before_anything_is_removed(
    erased: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = erased.settings
    with connect(settings, Role.OWNER) as owner:
        (other,) = owner.execute(
            "select patient_key from identity.patient_key order by 1 limit 1"
        ).fetchone()
    before = {path.name for path in (settings.backup_folder / "files").iterdir()}

    def break_off(*_: object) -> None:
        message = "the machine is lost"
        raise ErasureError(message)

    monkeypatch.setattr("pipelines.erasing.erasing._erase", break_off)
    with pytest.raises(ErasureError, match="is lost"):
        erase(settings, str(other), Order("request 14", "d.officer", "operator:test"))

    files = {path.name for path in (settings.backup_folder / "files").iterdir()}
    assert len(files - before) == 1
    assert told_of_list(settings) == ""
    alone = settings.model_copy(update={"backup_folder": None})
    assert "EHR_BACKUP_FOLDER is not set" in told_of_list(alone)
    (tmp_path / "a file").touch()
    register_file(settings).touch()
    away = settings.model_copy(update={"backup_folder": tmp_path / "a file" / "b"})
    assert "cannot be written" in told_of_list(away)


def test_an_erasure_that_only_the_trail_knows_is_a_problem(
    erased: Hospital, home: Settings
) -> None:
    bring_up(home)
    event = audit.Event("o", "ehr_owner", "erase", "patient", [erased.patient_key])
    audit.append(home, event)

    done = after_restore.finish(home, "some backup", None)
    assert "tells of 1 erasures that are on no list" in done.problems[0]
    again = after_restore.finish(home, "b", register_file(erased.settings))

    assert again.problems == []
