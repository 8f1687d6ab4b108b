"""Results as known at every instant, through deliveries and builds, as an oracle says.

Five hundred results each come in an order of arrival of their own, scattered over
twenty deliveries; after every delivery the marts are built as the product builds news.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboards.viewer.statements import IS_KNOWN
from pipelines.access.encryption import load_keyring, patient_key_of
from pipelines.build_books import Scope
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dbt.known_at_history import (
    DELIVERIES,
    HISTORY,
    ORDERS,
    SOURCE,
    Arrivals,
    arrivals,
    known_after,
    lines_of,
)
from tests.dbt.mart_state import State, state_of
from tests.dbt.some_marts import build_some

INSTANT = timedelta(microseconds=1)
MARTS = ("fct_lab_result_versions", "fct_lab_results")
KNOWN = f"""
    select record_id, patient_key, value_text, displayed_flag
    from marts.fct_lab_result_versions
    where {IS_KNOWN} and not is_closing
"""  # noqa: S608 - put together from constants
NOW = """
    select split_part(lab_result_key, ':', 2), patient_key, value_text, displayed_flag
    from marts.fct_lab_results
    where not is_withdrawn
"""
RECEIPTS = "select distinct known_from from raw.lab_results order by 1"
# What is known of one result: whose it is, what it says and how that is flagged.
Known = dict[str, tuple[int, str, str]]


@dataclass(frozen=True)
class Built:
    """An installation after every delivery was landed and built, then built in full."""

    settings: Settings
    arrived: Arrivals
    expected: list[Known]  # before the first delivery, then after each
    as_built: list[Known]  # what the mart said to be known now, after each build
    touched: State
    full: State

    @property
    def receipts(self) -> list[datetime]:
        """Return when each delivery was received."""
        with connect(self.settings, Role.BUILDER) as connection:
            return [at for (at,) in connection.execute(RECEIPTS)]


def rows(settings: Settings, statement: str, **values: object) -> Known:
    with connect(settings, Role.BUILDER) as connection:
        found = connection.execute(statement, values).fetchall()
    known = {record_id: tuple(rest) for record_id, *rest in found}
    assert len(known) == len(found), "a result is known twice"
    return known


def key_of(settings: Settings, patient: str) -> int:
    keyring = load_keyring(settings.keys_folder)
    return patient_key_of(keyring.patient_digest(SOURCE, patient))


def expected(settings: Settings, arrived: Arrivals) -> list[Known]:
    """Return what the oracle says before the first delivery and after each."""
    keys = {
        f"{letter}{order}": key_of(settings, f"{letter}{order}")
        for letter in "PQ"
        for order in range(ORDERS)
    }
    return [
        {
            key: (
                keys[f"{said.patient}{key.partition('/')[0]}"],
                said.value,
                said.flag,
            )
            for key, said in known_after(arrived[:count]).items()
        }
        for count in range(DELIVERIES + 1)
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder: Path = tmp_path_factory.mktemp("deliveries")
    arrived = arrivals(seed=11)
    for settings in installation_with_marts(tmp_path_factory.mktemp("known")):
        as_built = []
        for number, delivery in enumerate(arrived):
            path = folder / "lab_results.csv"
            path.write_text("\n".join([*lines_of(delivery), ""]))
            report = load(settings, path, format_name="csv", source_system=SOURCE)
            assert report.feeds["lab_results"].refused == 0
            # The first build of an installation is a full one, whatever is wanted.
            build_some(settings, Scope.NEWS if number else Scope.FULL, MARTS)
            as_built.append(rows(settings, NOW))
        touched = state_of(settings)
        build_some(settings, Scope.FULL, MARTS)
        yield Built(
            settings,
            arrived,
            expected(settings, arrived),
            as_built,
            touched,
            state_of(settings),
        )


def test_after_every_build_the_current_results_are_what_the_oracle_says(
    built: Built,
) -> None:
    assert len(built.as_built) == DELIVERIES
    assert built.as_built == built.expected[1:]


def test_just_before_at_and_just_after_every_receipt_the_oracle_agrees(
    built: Built,
) -> None:
    receipts = built.receipts
    assert len(receipts) == DELIVERIES

    for number, receipt in enumerate(receipts):
        before, after = built.expected[number : number + 2]
        assert before != after
        assert rows(built.settings, KNOWN, known_at=receipt - INSTANT) == before
        assert rows(built.settings, KNOWN, known_at=receipt) == after
        assert rows(built.settings, KNOWN, known_at=receipt + INSTANT) == after


def test_what_is_known_now_is_what_the_current_results_say(built: Built) -> None:
    last = built.receipts[-1]
    assert rows(built.settings, KNOWN, known_at=last) == rows(built.settings, NOW)


def test_every_order_ends_equal(built: Built) -> None:
    ends: dict[str, set[tuple]] = defaultdict(set)
    owners = {
        key_of(built.settings, f"{letter}{order}"): letter
        for letter in "PQ"
        for order in range(ORDERS)
    }
    known = rows(built.settings, KNOWN, known_at=built.receipts[-1])
    for record_id, (patient_key, *rest) in known.items():
        order, _, name = record_id.partition("/")
        if name != "by receipt":
            ends[order].add((name, owners[patient_key], *rest))

    (end,) = {frozenset(each) for each in ends.values()}
    assert len(ends) == ORDERS
    oracle = known_after([[HISTORY]]).values()
    assert end == {(said.name, said.patient, said.value, said.flag) for said in oracle}


def test_builds_by_patients_touched_leave_what_a_full_build_does(built: Built) -> None:
    for mart in MARTS:
        assert built.touched.content[mart] == built.full.content[mart]
