"""Keys and hashes: stable, keyed, and sensitive to every value."""

import subprocess
import sys

import polars as pl

from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.keys import PatientKeys, content_hashes, record_ids
from tests.landing.keyring import fixed_keyring

FEED = FEEDS["lab_results"]
# Prints keys in a process of its own, with hashing seeded anew.
SCRIPT = """
from tests.landing.test_keys import keys_of_an_example
print(keys_of_an_example())
"""


def rows(*changes: dict[str, str]) -> pl.DataFrame:
    plain = {"source_patient_id": "P1", "test_code": "2823-3", "value_text": "4.1"}
    return pl.DataFrame(
        [plain | change for change in changes],
        schema=dict.fromkeys(FEED.delivered_columns, pl.String),
    )


def hashes(*changes: dict[str, str]) -> list[str]:
    return content_hashes(FEED, rows(*changes), fixed_keyring()).to_list()


def keys_of_an_example() -> list[object]:
    keyring = fixed_keyring()
    text = rows({}, {"value_text": "4.2"})
    keys = PatientKeys(keyring, "lab").of(text["source_patient_id"])
    return [
        keys.to_list(),
        record_ids(FEED, text, keys, keyring).to_list(),
        content_hashes(FEED, text, keyring).to_list(),
    ]


def test_keys_and_hashes_are_the_same_in_every_process():
    printed = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "7", "PATH": ""},
    ).stdout
    assert printed.strip() == str(keys_of_an_example())


def test_the_order_of_rows_changes_no_hash():
    one, other = hashes({}, {"value_text": "4.2"})
    assert hashes({"value_text": "4.2"}, {}) == [other, one]


def test_every_column_counts_and_stays_in_its_place():
    plain = hashes({})
    for name in FEED.delivered_columns[1:]:
        assert hashes({name: "changed"}) != plain
    assert hashes({"unit": "x"}) != hashes({"value_text": "4.1", "test_name": "x"})


def test_the_record_id_is_no_part_of_the_content():
    assert hashes({"record_id": "R1"}) == hashes({"record_id": "R2"})


def test_a_letter_moved_to_the_next_column_is_other_content():
    first, second = FEED.delivered_columns[3:5]
    assert hashes({first: "ab", second: "c"}) != hashes({first: "a", second: "bc"})


def test_absent_is_not_empty_text():
    assert hashes({"unit": ""}) != hashes({})


def test_two_sources_with_one_number_have_two_patients():
    ids = pl.Series(["P1"])
    one = PatientKeys(fixed_keyring(), "one").of(ids).item()
    assert one != PatientKeys(fixed_keyring(), "two").of(ids).item()
    assert one != PatientKeys(fixed_keyring(9), "one").of(ids).item()


def test_a_key_is_given_out_for_registration_once():
    keys = PatientKeys(fixed_keyring(), "one")
    keys.of(pl.Series(["P1", "P2", None, "P1"]))
    assert len(keys.take_new()) == 2
    keys.of(pl.Series(["P2", "P3"]))
    assert len(keys.take_new()) == 1


def test_a_record_id_is_made_only_where_there_is_none():
    text = rows({"record_id": "R1"}, {}, {"value_text": "4.2"})
    given, made, other = record_ids(FEED, text, None, fixed_keyring()).to_list()
    assert given == "R1"
    assert len(made) == 32
    is_of_key = "value_text" in FEED.natural_key
    assert (made != other) == is_of_key
