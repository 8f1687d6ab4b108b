"""A sealed file opens for its holders alone, and only as it was sealed."""

import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.backup.holders import (
    BackupKeyError,
    BackupKeys,
    Opener,
    X25519PrivateKey,
    name_of,
    public_bytes,
    wrapping_key,
)
from pipelines.backup.repository import opened, seal_file
from pipelines.backup.sealed_file import CHUNK_BYTES, DamageError, Sealed
from pipelines.backup.verifying import UNREADABLE

CONTENT = b"canary-of-a-patient " * 40


@pytest.fixture(scope="module")
def holder() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture(scope="module")
def keys(holder: X25519PrivateKey) -> BackupKeys:
    public = public_bytes(holder)
    return BackupKeys(X25519PrivateKey.generate(), {name_of(public): public})


def sealed_at(path: Path, keys: BackupKeys, content: bytes = CONTENT) -> Sealed:
    return seal_file(
        path, keys.new_data_key(), "for one use", lambda to: to.write(content)
    )


def read(path: Path, opener: Opener, label: str = "for one use") -> bytes:
    with opened(path, opener, label) as content:
        return content.read()


def is_refused(path: Path, opener: Opener) -> bool:
    try:
        read(path, opener)
    except UNREADABLE:
        return True
    return False


def test_it_opens_for_the_installation_and_for_the_second_holder(
    tmp_path: Path, keys: BackupKeys, holder: X25519PrivateKey
) -> None:
    sealed = sealed_at(tmp_path / "file", keys)

    assert read(tmp_path / "file", keys.opener()) == CONTENT
    assert read(tmp_path / "file", Opener(holder, keys.public)) == CONTENT
    assert sealed.byte_count == len(CONTENT)
    assert sealed.sealed_byte_count == (tmp_path / "file").stat().st_size


def test_nothing_of_it_stands_in_plain(tmp_path: Path, keys: BackupKeys) -> None:
    sealed_at(tmp_path / "file", keys)

    assert b"canary" not in (tmp_path / "file").read_bytes()


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_every_single_changed_byte_is_found(
    tmp_path: Path, keys: BackupKeys, holder: X25519PrivateKey, bit: int
) -> None:
    path = tmp_path / "file"
    sealed_at(path, keys)
    whole = path.read_bytes()

    for opener in (keys.opener(), Opener(holder, keys.public)):
        unnoticed = []
        for place in range(len(whole)):
            changed = bytearray(whole)
            changed[place] ^= bit
            path.write_bytes(changed)
            if not is_refused(path, opener):
                unnoticed.append(place)
        assert unnoticed == []


def test_every_cut_and_every_addition_is_found(
    tmp_path: Path, keys: BackupKeys
) -> None:
    path = tmp_path / "file"
    sealed_at(path, keys)
    whole = path.read_bytes()

    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert is_refused(path, keys.opener()), end
    for more in (b"\0", b"\n", whole):
        path.write_bytes(whole + more)
        assert is_refused(path, keys.opener())


def test_chunks_in_another_order_or_without_their_last_are_found(
    tmp_path: Path, keys: BackupKeys
) -> None:
    path = tmp_path / "file"
    content = bytes(range(256)) * 4096 * 3
    noise = b"".join(bytes([i % 251]) + content[i::997] for i in range(997))
    sealed_at(path, keys, os.urandom(3 * CHUNK_BYTES) + noise)
    whole = path.read_bytes()
    begin = whole.index(b"\n", 10) + 1
    size = CHUNK_BYTES + 16
    chunks = [whole[at : at + size] for at in range(begin, len(whole), size)]
    assert len(chunks) > 3
    assert len(read(path, keys.opener())) == 3 * CHUNK_BYTES + len(noise)

    for other in (
        [chunks[1], chunks[0], *chunks[2:]],
        chunks[:-1],
        [*chunks, chunks[-1]],
        [*chunks[:1], *chunks[2:]],
    ):
        path.write_bytes(whole[:begin] + b"".join(other))
        assert is_refused(path, keys.opener())


def test_a_file_in_the_place_of_another_is_found(
    tmp_path: Path, keys: BackupKeys
) -> None:
    sealed_at(tmp_path / "file", keys)

    with pytest.raises(DamageError):
        read(tmp_path / "file", keys.opener(), label="for another use")


def test_the_header_of_another_file_is_found(tmp_path: Path, keys: BackupKeys) -> None:
    data_key = keys.new_data_key()
    for name in ("one", "two"):
        seal_file(
            tmp_path / name, data_key, "for one use", lambda to: to.write(CONTENT)
        )
    header = (tmp_path / "one").read_bytes().split(b"\n", 2)[:2]
    body = (tmp_path / "two").read_bytes().split(b"\n", 2)[2]

    (tmp_path / "two").write_bytes(b"\n".join([*header, body]))

    with pytest.raises(DamageError):
        read(tmp_path / "two", keys.opener())


def test_another_key_fails_closed_and_says_whose_it_is(
    tmp_path: Path, keys: BackupKeys
) -> None:
    sealed_at(tmp_path / "file", keys)
    stranger = Opener(X25519PrivateKey.generate(), keys.public)

    with pytest.raises(BackupKeyError, match=f"key {stranger.name} does not open"):
        read(tmp_path / "file", stranger)


def test_who_knows_only_public_keys_cannot_make_a_backup_that_passes(
    tmp_path: Path, keys: BackupKeys, holder: X25519PrivateKey
) -> None:
    receivers = {name_of(keys.public): keys.public, **keys.holders}
    forger = BackupKeys(X25519PrivateKey.generate(), receivers)
    sealed_at(tmp_path / "file", forger, b"forged")

    for opener in (keys.opener(), Opener(holder, keys.public)):
        with pytest.raises(BackupKeyError, match="by another installation"):
            read(tmp_path / "file", opener)


def test_a_forger_who_names_the_installation_as_the_sender_does_not_pass(
    keys: BackupKeys, holder: X25519PrivateKey
) -> None:
    receiver, forger = public_bytes(holder), X25519PrivateKey.generate()
    passing = X25519PrivateKey.generate()
    known = passing.exchange(holder.public_key())
    for guess in (b"", forger.exchange(holder.public_key()), bytes(32)):
        key = wrapping_key(known + guess, public_bytes(passing), receiver, keys.public)
        sealed = AESGCM(key).encrypt(bytes(12), bytes(32), None).hex()
        forged = {"passing": public_bytes(passing).hex(), "key": sealed}

        with pytest.raises(BackupKeyError, match="by another installation"):
            Opener(holder, keys.public).open({name_of(receiver): forged})


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, keys: BackupKeys) -> None:
    def break_off(to: object) -> None:
        to.write(CONTENT)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the one of the line above
        seal_file(tmp_path / "file", keys.new_data_key(), "for one use", break_off)

    assert list(tmp_path.iterdir()) == []


def test_two_files_of_one_backup_share_no_key(tmp_path: Path, keys: BackupKeys) -> None:
    data_key = keys.new_data_key()
    for name in ("one", "two"):
        seal_file(
            tmp_path / name, data_key, "for one use", lambda to: to.write(CONTENT)
        )

    one, two = (
        (tmp_path / name).read_bytes().split(b"\n", 2) for name in ("one", "two")
    )
    assert json.loads(one[1])["sealed_to"] == json.loads(two[1])["sealed_to"]
    assert one[2] != two[2]
