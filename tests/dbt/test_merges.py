"""Merge and un-merge: persons in every mart, and back as if nothing had been merged."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.clock import ago
from tests.conftest import fill_with_simulation, installation_with_marts
from tests.dbt.mart_state import State, state_of

PAIRS = 50
PATIENTS = 120
NUMBERS = [f"P{number:06d}" for number in range(1, PATIENTS + 1)]
HEADER = "record_id,source_patient_id,link_type_code,surviving_patient_id,linked_at"
FACTS = {
    "fct_vital_signs": "vital_signs",
    "fct_conditions": "conditions",
    "fct_lab_results": "lab_results",
    "fct_encounters": "encounters",
}


@dataclass(frozen=True)
class Merged:
    """An installation after 50 merges were built and taken back."""

    settings: Settings
    pairs: list[tuple[int, int]]
    before: State
    merged: State
    parted: State
    rows_before: dict[str, dict[int, int]]
    rows_merged: dict[str, dict[int, int]]


def link(settings: Settings, pairs: list[tuple[str, str]], kind: str, day: int) -> None:
    """Deliver decisions about pairs of patients, and build what they touch."""
    folder = settings.root / f"links-{kind}-{day}"
    folder.mkdir()
    at = ago(days=20 - day).isoformat()
    lines = [
        f"{kind}-{day}-{number},{retired},{kind},{surviving},{at}"
        for number, (retired, surviving) in enumerate(pairs)
    ]
    (folder / "patient_links.csv").write_text("\n".join([HEADER, *lines, ""]))
    load(settings, folder, format_name="csv", source_system="hospital")
    build_marts(settings)


def rows_by_patient(settings: Settings) -> dict[str, dict[int, int]]:
    with connect(settings, Role.BUILDER) as connection:
        return {
            mart: dict(
                connection.execute(
                    f"select patient_key, count(*) from marts.{mart} group by 1"  # noqa: S608 - names of this file
                ).fetchall()
            )
            for mart in FACTS
        }


def mapping(settings: Settings) -> dict[int, int]:
    """Return who goes on under which key, but for what the simulation merged itself."""
    with connect(settings, Role.BUILDER) as connection:
        found = connection.execute(
            "select patient_key, surviving_patient_key from raw.merged_patients"
        )
        mapped = dict(found.fetchall())
    ours = {key_of(settings, number) for number in NUMBERS}
    return {key: survivor for key, survivor in mapped.items() if key in ours}


def key_of(settings: Settings, number: str) -> int:
    keyring = load_keyring(settings.keys_folder)
    return patient_key_of(keyring.patient_digest("hospital", number))


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merged]:
    for settings in installation_with_marts(tmp_path_factory.mktemp("merges")):
        fill_with_simulation(settings, patients=PATIENTS, years=1)
        chance = random.Random(7)  # noqa: S311 - pairs, no secret
        numbers = chance.sample(NUMBERS, 2 * PAIRS)
        pairs = list(zip(numbers[:PAIRS], numbers[PAIRS : 2 * PAIRS], strict=True))
        before, rows_before = state_of(settings), rows_by_patient(settings)
        link(settings, pairs, "merge", 1)
        state, rows = state_of(settings), rows_by_patient(settings)
        keys = [
            (key_of(settings, one), key_of(settings, other)) for one, other in pairs
        ]
        assert mapping(settings) == dict(keys)
        link(settings, pairs, "unmerge", 2)
        yield Merged(
            settings, keys, before, state, state_of(settings), rows_before, rows
        )


def test_fifty_pairs_merged_and_parted_leave_every_mart_as_it_was(
    merged: Merged,
) -> None:
    differing = {
        mart
        for mart, content in merged.before.content.items()
        if merged.parted.content[mart] != content
    }

    assert differing == set()
    assert mapping(merged.settings) == {}


def test_while_merged_all_facts_stand_under_the_key_that_goes_on(
    merged: Merged,
) -> None:
    for mart, before in merged.rows_before.items():
        after = merged.rows_merged[mart]
        for retired, surviving in merged.pairs:
            both = before.get(retired, 0) + before.get(surviving, 0)
            assert after.get(surviving, 0) == both, mart
            assert retired not in after, mart


def test_a_merge_changes_marts_and_what_is_derived(merged: Merged) -> None:
    changed = {
        mart
        for mart, content in merged.before.content.items()
        if merged.merged.content[mart] != content
    }

    assert {"dim_patients", "fct_result_worklist", "fct_patient_timeline"} <= changed


def test_a_report_says_what_each_build_changed(merged: Merged) -> None:
    with connect(merged.settings, Role.BUILDER) as builder:
        rows = builder.execute(
            "select change_code, mart, patient_key, surviving_patient_key, "
            "rows_of_patient_before, rows_of_survivor_before, rows_of_patient_after, "
            "rows_of_survivor_after from quality.merge_change "
            "where mart = 'marts.fct_vital_signs'"
        ).fetchall()
    told = {(kind, retired): tuple(counts) for kind, _, retired, _, *counts in rows}

    for retired, surviving in merged.pairs:
        one = merged.rows_before["fct_vital_signs"].get(retired, 0)
        other = merged.rows_before["fct_vital_signs"].get(surviving, 0)
        assert told["merge", retired] == (one, other, 0, one + other)
        assert told["unmerge", retired] == (0, one + other, one, other)


def test_chains_end_at_the_last_key_circles_at_the_smallest(
    merged: Merged,
) -> None:
    settings = merged.settings
    keys = {number: key_of(settings, f"P{number:06d}") for number in range(1, 7)}
    chain = [("P000001", "P000002"), ("P000002", "P000003")]
    circle = [("P000004", "P000005"), ("P000005", "P000004")]
    link(settings, [*chain, *circle], "merge", 3)

    smallest = min(keys[4], keys[5])
    largest = max(keys[4], keys[5])
    assert mapping(settings) == {
        keys[1]: keys[3],
        keys[2]: keys[3],
        largest: smallest,
    }
    link(settings, chain[1:], "unmerge", 4)
    assert mapping(settings) == {keys[1]: keys[2], largest: smallest}


def test_the_last_decision_about_a_patient_counts_however_it_arrives(
    merged: Merged,
) -> None:
    settings = merged.settings
    link(settings, [("P000010", "P000011")], "unmerge", 9)
    link(settings, [("P000010", "P000011")], "merge", 8)

    assert key_of(settings, "P000010") not in mapping(settings)
