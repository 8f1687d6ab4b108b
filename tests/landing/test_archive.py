"""The archive gives back what it took, and finds every change."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.access.encryption import KeyringError
from pipelines.landing.archive import Archive, Entry
from pipelines.landing.archive_entry import CHUNK_BYTES, TAG_BYTES, ArchiveError
from tests.landing.keyring import fixed_keyring

SEALED = CHUNK_BYTES + TAG_BYTES
LENGTHS = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", fixed_keyring())


def keep(archive: Archive, content: bytes) -> Entry:
    return archive.keep(io.BytesIO(content))


def path_of(folder: Path, entry: Entry, part: str = "body") -> Path:
    return folder / "archive" / entry.address[:2] / entry.address[2:] / part


def read(archive: Archive, entry: Entry) -> bytes:
    return b"".join(archive.read(entry.address))


@pytest.mark.parametrize("length", LENGTHS)
def test_what_was_kept_is_read_as_it_was(archive: Archive, length: int):
    content = bytes(range(256)) * (length // 256) + bytes(length % 256)
    entry = keep(archive, content)
    assert read(archive, entry) == content
    assert entry.byte_count == length
    assert archive.entry(entry.address) == entry


def test_the_same_bytes_are_one_entry_with_its_first_receipt(archive: Archive):
    first = keep(archive, b"a,b\n1,2\n")
    assert keep(archive, b"a,b\n1,2\n") == first


def test_the_bytes_lie_encrypted(archive: Archive, tmp_path: Path):
    entry = keep(archive, b"family_name\nCanary\n")
    assert b"Canary" not in path_of(tmp_path, entry).read_bytes()


def test_an_address_tells_nothing_without_the_key(tmp_path: Path):
    one = Archive(tmp_path / "one", fixed_keyring(1))
    other = Archive(tmp_path / "other", fixed_keyring(9))
    assert keep(one, b"same").address != keep(other, b"same").address


@pytest.mark.parametrize("length", [0, 10, 2 * CHUNK_BYTES + 10])
@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.9, 1])
def test_a_flipped_byte_is_found(
    archive: Archive, tmp_path: Path, length: int, share: float
):
    entry = keep(archive, b"x" * length)
    path = path_of(tmp_path, entry)
    stored = bytearray(path.read_bytes())
    stored[min(int(len(stored) * share), len(stored) - 1)] ^= 1
    path.write_bytes(stored)
    with pytest.raises(ArchiveError):
        read(archive, entry)


@pytest.mark.parametrize("cut", [1, 16, 26, SEALED, SEALED + 26, 2 * SEALED + 26])
def test_a_cut_tail_is_found_wherever_it_was_cut(
    archive: Archive, tmp_path: Path, cut: int
):
    entry = keep(archive, b"x" * (2 * CHUNK_BYTES + 10))
    path = path_of(tmp_path, entry)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ArchiveError):
        read(archive, entry)


def test_a_changed_time_of_receipt_is_found(archive: Archive, tmp_path: Path):
    entry = keep(archive, b"a")
    path = path_of(tmp_path, entry)
    year = str(entry.received_at.year).encode()
    path.write_bytes(path.read_bytes().replace(year, b"1999", 1))
    with pytest.raises(ArchiveError):
        read(archive, entry)


def test_an_entry_under_the_address_of_another_is_found(
    archive: Archive, tmp_path: Path
):
    mine, other = keep(archive, b"mine"), keep(archive, b"other")
    path_of(tmp_path, mine).write_bytes(path_of(tmp_path, other).read_bytes())
    with pytest.raises(ArchiveError):
        read(archive, mine)


def chunks_before_the_error(archive: Archive, entry: Entry) -> int:
    """Return how many chunks were given out before the damage was found."""
    given = 0
    try:
        for _ in archive.read(entry.address):
            given += 1
    except ArchiveError:
        return given
    pytest.fail("no error at all")


def test_no_byte_is_given_out_of_an_entry_in_the_place_of_another(
    archive: Archive, tmp_path: Path
):
    mine, other = keep(archive, b"mine"), keep(archive, b"other")
    for part in ("body", "key"):
        content = path_of(tmp_path, other, part).read_bytes()
        path_of(tmp_path, mine, part).write_bytes(content)
    assert chunks_before_the_error(archive, mine) == 0


def test_no_chunk_is_given_out_at_the_place_of_another(
    archive: Archive, tmp_path: Path
):
    entry = keep(archive, b"x" * CHUNK_BYTES + b"y" * CHUNK_BYTES + b"z")
    path = path_of(tmp_path, entry)
    stored = path.read_bytes()
    start = len(stored) - 2 * SEALED - TAG_BYTES - 1
    first, second = (stored[at : at + SEALED] for at in (start, start + SEALED))
    path.write_bytes(stored[:start] + second + first + stored[start + 2 * SEALED :])
    assert chunks_before_the_error(archive, entry) == 0


def test_a_last_chunk_that_was_not_the_last_is_not_given_out(
    archive: Archive, tmp_path: Path
):
    entry = keep(archive, b"x" * (2 * CHUNK_BYTES + 10))
    path = path_of(tmp_path, entry)
    path.write_bytes(path.read_bytes()[: -TAG_BYTES - 10])
    assert chunks_before_the_error(archive, entry) == 1


@pytest.mark.parametrize("part", ["body", "key"])
def test_a_part_of_another_entry_is_found(archive: Archive, tmp_path: Path, part: str):
    mine, other = keep(archive, b"mine"), keep(archive, b"other")
    path_of(tmp_path, mine, part).write_bytes(
        path_of(tmp_path, other, part).read_bytes()
    )
    with pytest.raises(ArchiveError):
        read(archive, mine)


@pytest.mark.parametrize("position", range(0, 60, 3))
def test_a_flipped_byte_of_the_key_is_found(
    archive: Archive, tmp_path: Path, position: int
):
    entry = keep(archive, b"a")
    path = path_of(tmp_path, entry, "key")
    stored = bytearray(path.read_bytes())
    stored[position] ^= 1
    path.write_bytes(stored)
    with pytest.raises((ArchiveError, KeyringError)):
        read(archive, entry)


@pytest.mark.parametrize("length", [0, 1, 2, 20, 60])
def test_a_cut_key_is_found(archive: Archive, tmp_path: Path, length: int):
    entry = keep(archive, b"a")
    path = path_of(tmp_path, entry, "key")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises((ArchiveError, KeyringError)):
        read(archive, entry)


def test_a_missing_key_is_told(archive: Archive, tmp_path: Path):
    entry = keep(archive, b"a")
    path_of(tmp_path, entry, "key").unlink()
    with pytest.raises(ArchiveError, match="has no key"):
        read(archive, entry)


def test_two_entries_have_two_data_keys(archive: Archive, tmp_path: Path):
    entries = [keep(archive, b"one"), keep(archive, b"two")]
    bodies = [path_of(tmp_path, each).read_bytes()[-19:] for each in entries]
    # The same key and nonce would give away how the two texts differ.
    streams = [
        bytes(sealed ^ plain for sealed, plain in zip(body, content, strict=False))
        for body, content in zip(bodies, (b"one", b"two"), strict=True)
    ]
    assert streams[0] != streams[1]


def test_a_wrong_key_opens_nothing(archive: Archive, tmp_path: Path):
    entry = keep(archive, b"a")
    with pytest.raises(ArchiveError):
        read(Archive(tmp_path / "archive", fixed_keyring(9)), entry)


def test_an_entry_of_an_older_version_is_told(archive: Archive, tmp_path: Path):
    entry = keep(archive, b"a")
    path = path_of(tmp_path, entry)
    path.write_bytes(path.read_bytes().replace(b"EHRA3", b"EHRA2", 1))
    with pytest.raises(ArchiveError, match="older version"):
        read(archive, entry)


def test_a_missing_entry_is_told(archive: Archive):
    with pytest.raises(ArchiveError, match="restore"):
        list(archive.read("00" * 32))


def test_looking_up_keeps_nothing(archive: Archive, tmp_path: Path):
    now = datetime.now(UTC)
    looked_up = archive.look_up(io.BytesIO(b"a"), now)
    assert not (tmp_path / "archive").exists()
    assert looked_up.address == keep(archive, b"a").address


def test_a_half_written_entry_is_swept_once_it_is_abandoned(
    archive: Archive, tmp_path: Path
):
    keep(archive, b"a")
    abandoned = tmp_path / "archive" / "0011223344556677.part"
    abandoned.mkdir()
    (abandoned / "body").write_bytes(b"EHRA")
    assert archive.sweep() == 0
    hours_ago = datetime.now(UTC).timestamp() - 7200
    os.utime(abandoned, (hours_ago, hours_ago))
    assert archive.sweep() == 1
    assert not abandoned.exists()
