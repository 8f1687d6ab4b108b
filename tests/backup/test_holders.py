"""A holder's key: under a passphrase, made once, closed to others."""

import json
from pathlib import Path

import pytest

from pipelines.backup import key_files
from pipelines.backup.holders import BackupKeyError
from pipelines.backup.key_files import (
    ensure_backup_keys,
    load_backup_keys,
    needs_passphrase,
    new_holder,
    read_opener,
    remove_holder,
)

PASSPHRASE = "a long passphrase"  # noqa: S105 - of a test


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "SCRYPT_COST", 1 << 10)


def test_the_installation_keeps_the_public_half_only(tmp_path: Path) -> None:
    name = new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)

    private = read_opener(tmp_path / "holder.json", PASSPHRASE).private
    kept = (tmp_path / "keys" / "backup.json").read_text()
    assert list(load_backup_keys(tmp_path / "keys").holders) == [name]
    assert private.private_bytes_raw().hex() not in kept
    assert (
        private.private_bytes_raw().hex() not in (tmp_path / "holder.json").read_text()
    )


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)

    with pytest.raises(BackupKeyError, match="passphrase does not open"):
        read_opener(tmp_path / "holder.json", PASSPHRASE + " ")


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupKeyError, match="12 characters"):
        new_holder(tmp_path / "keys", tmp_path / "holder.json", "elevenchars")

    assert not (tmp_path / "holder.json").exists()


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)
    before = (tmp_path / "holder.json").read_text()

    with pytest.raises(BackupKeyError, match="never written over"):
        new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)

    assert (tmp_path / "holder.json").read_text() == before
    assert len(load_backup_keys(tmp_path / "keys").holders) == 1


def test_what_others_may_read_is_not_used(tmp_path: Path) -> None:
    new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)
    (tmp_path / "holder.json").chmod(0o640)

    with pytest.raises(BackupKeyError, match="chmod 600"):
        read_opener(tmp_path / "holder.json", PASSPHRASE)


@pytest.mark.parametrize("content", ["", "[]", "{}", "{", '{"salt": "zz"}', "null"])
def test_a_damaged_key_file_is_named_as_such(tmp_path: Path, content: str) -> None:
    path = tmp_path / "holder.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(BackupKeyError, match="no key of backups"):
        read_opener(path, PASSPHRASE)


def test_a_holders_key_moved_to_another_installation_opens_nothing(
    tmp_path: Path,
) -> None:
    new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)
    stored = json.loads((tmp_path / "holder.json").read_text())
    stored["installation"] = ensure_backup_keys(tmp_path / "others").public.hex()
    (tmp_path / "holder.json").write_text(json.dumps(stored))

    with pytest.raises(BackupKeyError):
        read_opener(tmp_path / "holder.json", PASSPHRASE)


def test_the_installations_own_key_needs_no_passphrase(tmp_path: Path) -> None:
    keys = ensure_backup_keys(tmp_path)

    assert not needs_passphrase(tmp_path / "backup.json")
    assert read_opener(tmp_path / "backup.json").name == keys.opener().name


def test_a_holder_who_leaves_is_sealed_to_no_longer(tmp_path: Path) -> None:
    name = new_holder(tmp_path / "keys", tmp_path / "holder.json", PASSPHRASE)

    remove_holder(tmp_path / "keys", name)

    keys = load_backup_keys(tmp_path / "keys")
    assert name not in keys.new_data_key().sealed_to
    with pytest.raises(BackupKeyError, match="no holder"):
        remove_holder(tmp_path / "keys", name)


def test_the_installations_key_stays_the_same(tmp_path: Path) -> None:
    before = ensure_backup_keys(tmp_path).public

    new_holder(tmp_path, tmp_path / "holder.json", PASSPHRASE)

    assert ensure_backup_keys(tmp_path).public == before
