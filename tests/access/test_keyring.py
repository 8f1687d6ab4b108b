"""What is sealed opens at its place alone, with its key alone."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.access.encryption import KEYRING_FILE, KeyringError, ensure_keyring
from pipelines.access.keyring_file import read_key_file, write_key_file
from pipelines.access.sealed_columns import CIPHERTEXT, SEALED_TABLES
from tests.landing.keyring import fixed_keyring

PLACE = "identity.patients|family_name|1.a"


def test_a_value_opens_at_its_place() -> None:
    keyring = fixed_keyring()

    assert keyring.decrypt(keyring.encrypt("Ä name", PLACE), PLACE) == "Ä name"


@pytest.mark.parametrize(
    "place",
    [
        "identity.patients|given_name|1.a",
        "identity.patients|family_name|1.b",
        "identity.contacts|family_name|1.a",
        "",
    ],
)
def test_a_value_that_was_moved_does_not_open(place: str) -> None:
    keyring = fixed_keyring()

    with pytest.raises(KeyringError, match="does not belong there") as caught:
        keyring.decrypt(keyring.encrypt("Canary", PLACE), place)
    assert "Canary" not in str(caught.value)


@pytest.mark.parametrize("at", range(3, 60, 4))
def test_a_value_that_was_changed_does_not_open(at: int) -> None:
    keyring = fixed_keyring()
    sealed = keyring.encrypt("a value long enough to change", PLACE)
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]

    with pytest.raises(KeyringError):
        keyring.decrypt(changed, PLACE)


@pytest.mark.parametrize("stored", ["", "c1:", "c1:%%%", "c1:AAAA", "Canary", "c1:é"])
def test_what_was_never_sealed_is_an_error_and_no_garbage(stored: str) -> None:
    with pytest.raises(KeyringError):
        fixed_keyring().decrypt(stored, PLACE)


def test_one_value_sealed_twice_looks_different() -> None:
    keyring = fixed_keyring()

    assert keyring.encrypt("a", PLACE) != keyring.encrypt("a", PLACE)


def test_many_values_open_each_at_its_own_place_alone() -> None:
    keyring = fixed_keyring()
    places = [f"{PLACE}{number}" for number in range(3)]

    sealed = keyring.encrypt_all(["one", "Ä", "one"], places)

    opened = [keyring.decrypt(*pair) for pair in zip(sealed, places, strict=True)]
    assert opened == ["one", "Ä", "one"]
    with pytest.raises(KeyringError):
        keyring.decrypt(sealed[0], places[2])


def test_many_values_have_a_nonce_each() -> None:
    sealed = fixed_keyring().encrypt_all(["same"] * 1000, [PLACE] * 1000)

    nonces = {base64.b64decode(each.partition(":")[2])[:12] for each in sealed}
    assert len(nonces) == 1000


def test_many_values_need_a_place_each() -> None:
    with pytest.raises(ValueError, match="shorter"):
        fixed_keyring().encrypt_all(["one", "two"], [PLACE])


def test_a_data_key_is_no_value_and_a_value_no_data_key() -> None:
    keyring = fixed_keyring()
    same = replace(keyring, column_keys={"w1": keyring.wrapping_keys["w1"]})

    with pytest.raises(KeyringError):
        keyring.decrypt(keyring.wrap(b"k" * 32, PLACE), PLACE)
    # Even with one key for both, the place keeps them apart.
    with pytest.raises(KeyringError):
        same.decrypt(keyring.wrap(b"k" * 32, "archive|key|x"), PLACE)


def test_every_sealed_value_looks_like_one() -> None:
    keyring = fixed_keyring()

    for value in ("", "a", "a longer value with ümläuts"):
        assert re.fullmatch(CIPHERTEXT, keyring.encrypt(value, PLACE))


def test_a_key_that_was_added_since_is_read_anew(tmp_path: Path) -> None:
    older = ensure_keyring(tmp_path)
    write_key_file(tmp_path, read_key_file(tmp_path).with_new_keys())
    sealed = older.as_of_now().encrypt("a value", PLACE)

    assert sealed.startswith("c2:")
    assert older.decrypt(sealed, PLACE) == "a value"


def test_no_key_has_the_id_of_one_that_is_gone(tmp_path: Path) -> None:
    ensure_keyring(tmp_path)
    ids = set()
    for _ in range(12):
        keys = read_key_file(tmp_path).with_new_keys()
        assert keys.current_column_key not in ids
        ids.add(keys.current_column_key)
        write_key_file(tmp_path, keys.without_replaced_keys())

    assert len(json.loads((tmp_path / KEYRING_FILE).read_text())["column"]) == 1
    assert read_key_file(tmp_path).current_column_key == "c13"


def test_a_keyring_that_was_half_written_is_never_there(tmp_path: Path) -> None:
    ensure_keyring(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [KEYRING_FILE]
    assert (tmp_path / KEYRING_FILE).stat().st_mode & 0o777 == 0o600


def test_no_two_columns_share_a_place() -> None:
    places = [
        table.place(column, "row")
        for table in SEALED_TABLES
        for column in table.columns
    ]

    assert len(places) == len(set(places)) > 50
