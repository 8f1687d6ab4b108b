"""What the kernel tells of a volume is read right: yes, no, or why nobody can tell."""

import os
from pathlib import Path

import pytest

from pipelines.database.disk_encryption import Encrypted, volume_of
from pipelines.settings import Mode, Settings
from pipelines.volumes import volumes

LINE = "22 1 {device} / {point} rw,relatime - {kind} {source} rw\n"


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Return an empty stand-in for the kernel's list of block devices."""
    folder = tmp_path / "block"
    folder.mkdir()
    return folder


def device_of(path: Path) -> str:
    number = path.stat().st_dev
    return f"{os.major(number)}:{os.minor(number)}"


def block_device(system: Path, name: str, uuid: str = "") -> Path:
    """Make a device; a mapped one says in its uuid who mapped it."""
    folder = system / name
    (folder / "slaves").mkdir(parents=True)
    if uuid:
        (folder / "dm").mkdir()
        (folder / "dm" / "uuid").write_text(uuid)
    return folder


def mounted(tmp_path: Path, kind: str = "ext4", source: str = "/dev/none") -> Path:
    table = tmp_path / "mountinfo"
    line = LINE.format(device=device_of(tmp_path), point="/", kind=kind, source=source)
    table.write_text(line)
    return table


def judged(tmp_path: Path, system: Path, kind: str = "ext4") -> tuple[Encrypted, str]:
    volume = volume_of("data", tmp_path, system, mounted(tmp_path, kind))
    return volume.encrypted, volume.reason


def test_a_plain_disk_is_not_encrypted(tmp_path: Path, system: Path) -> None:
    block_device(system, device_of(tmp_path))

    assert judged(tmp_path, system)[0] == Encrypted.NO


def test_a_volume_of_dm_crypt_is_encrypted(tmp_path: Path, system: Path) -> None:
    block_device(system, device_of(tmp_path), "CRYPT-LUKS2-0123-data")

    assert judged(tmp_path, system) == (Encrypted.YES, "dm-crypt")


def test_a_logical_volume_on_dm_crypt_is_encrypted(
    tmp_path: Path, system: Path
) -> None:
    upper = block_device(system, device_of(tmp_path), "LVM-0123")
    lower = block_device(system, "dm-0", "CRYPT-LUKS2-0123-disk")
    (upper / "slaves" / "dm-0").symlink_to(lower)

    assert judged(tmp_path, system)[0] == Encrypted.YES


def test_a_logical_volume_on_a_plain_disk_is_not_encrypted(
    tmp_path: Path, system: Path
) -> None:
    upper = block_device(system, device_of(tmp_path), "LVM-0123-CRYPT-")
    (upper / "slaves" / "sda").symlink_to(block_device(system, "sda"))

    assert judged(tmp_path, system)[0] == Encrypted.NO


def test_memory_and_unknown_devices_cannot_be_told(
    tmp_path: Path, system: Path
) -> None:
    assert judged(tmp_path, system, "tmpfs")[0] == Encrypted.UNKNOWN
    assert judged(tmp_path, system)[0] == Encrypted.UNKNOWN


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above(
    tmp_path: Path, system: Path
) -> None:
    block_device(system, device_of(tmp_path), "CRYPT-LUKS2-0123-data")

    volume = volume_of("wal", tmp_path / "a" / "b", system, mounted(tmp_path))

    assert volume.encrypted == Encrypted.YES


def test_every_place_of_an_installation_is_judged(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, mode=Mode.TEST, _env_file=None)

    titles = [volume.title for volume in volumes(settings)]

    assert titles[:3] == ["data", "write-ahead log", "temporary files of the server"]
    assert len(titles) == 7


def test_the_disks_of_an_external_server_cannot_be_told(tmp_path: Path) -> None:
    url = "postgresql://a:b@/postgres?host=/nowhere"
    settings = Settings(home=tmp_path, mode=Mode.TEST, database_url=url, _env_file=None)

    found = {each.title: each.encrypted for each in volumes(settings)}

    assert found["data"] == found["write-ahead log"] == Encrypted.UNKNOWN
