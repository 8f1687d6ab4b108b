"""Results, corrections and withdrawals in 500 orders of arrival: one truth."""

import random
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.landing.state import faults

ORDERS, DELIVERIES = 500, 6
SOURCE = "orders of arrival"
HEADER = (
    "record_id,source_patient_id,test_code,value_text,status_code,collected_at,"
    "source_updated_at,is_deleted"
)
# Result, hour at which the laboratory said it, value, status, whether it took it away.
Said = tuple[str, int, str, str, bool]
HISTORY: list[Said] = [
    ("corrected", 8, "4.1", "preliminary", False),
    ("corrected", 9, "4.1", "final", False),
    ("corrected", 11, "4.6", "corrected", False),
    ("withdrawn", 8, "5.0", "final", False),
    ("withdrawn", 10, "5.0", "entered-in-error", False),
    ("deleted", 8, "9.9", "final", False),
    ("deleted", 12, "9.9", "final", True),
    ("back again", 9, "<2", "final", False),
    ("back again", 12, "<2", "final", True),
    ("back again", 13, "<2", "final", False),
    ("changed and changed back", 8, "7.1", "final", False),
    ("changed and changed back", 9, "7.2", "corrected", False),
    ("changed and changed back", 10, "7.1", "final", False),
    ("said once", 14, "140", "final", False),
]
# What the warehouse knew at an instant: of what it had got, what was said last.
KNOWN = """
    select distinct on (record_id) record_id, value_text, status_code, is_closed
    from raw.lab_results
    where source_system = %s and known_from <= %s
    order by
        record_id, version_at desc, adapter_revision desc, is_closed, content_hash desc
"""
INSTANTS = """
    select distinct known_from from raw.lab_results where source_system = %s order by 1
"""
Arrivals = list[list[list[Said]]]  # by delivery, then by order


def arrivals(seed: int) -> Arrivals:
    """Return what comes in each delivery for each order: permuted, split, repeated."""
    chance = random.Random(seed)  # noqa: S311 - makes test data
    coming: Arrivals = [[[] for _ in range(ORDERS)] for _ in range(DELIVERIES)]
    for order in range(ORDERS):
        said = HISTORY + chance.sample(HISTORY, k=chance.randrange(len(HISTORY)))
        chance.shuffle(said)
        for each in said:
            coming[chance.randrange(DELIVERIES)][order].append(each)
    return coming


def line_of(order: int, said: Said) -> str:
    name, hour, value, status, is_deleted = said
    return (
        f"{order}/{name},P{order},2823-3,{value},{status},2026-02-01T07:00:00Z,"
        f"2026-02-02T{hour:02}:00:00Z,{str(is_deleted).lower()}"
    )


@pytest.fixture(scope="module")
def arrived(
    installation: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Arrivals:
    """Return what arrived, delivery by delivery."""
    folder: Path = tmp_path_factory.mktemp("orders")
    coming = arrivals(seed=5)
    for delivery in coming:
        lines = [
            line_of(order, said) for order, all_of in enumerate(delivery)
            for said in all_of
        ]  # fmt: skip
        path = folder / "lab_results.csv"
        path.write_text("\n".join([HEADER, *lines, ""]))
        report = load(installation, path, format_name="csv", source_system=SOURCE)
        assert report.status == "landed"
        assert report.feeds["lab_results"].refused == 0
    return coming


def known_at(settings: Settings, instant: datetime) -> dict[str, tuple]:
    with connect(settings, Role.LOADER) as connection:
        found = connection.execute(KNOWN, (SOURCE, instant)).fetchall()
    return {record_id: rest for record_id, *rest in found}


def instants(settings: Settings) -> list[datetime]:
    with connect(settings, Role.LOADER) as connection:
        return [at for (at,) in connection.execute(INSTANTS, (SOURCE,))]


def by_oracle(said: list[Said]) -> dict[str, list]:
    """Return for each result what was said last."""
    last: dict[str, Said] = {}
    for each in said:
        if each[0] not in last or each[1] > last[each[0]][1]:
            last[each[0]] = each
    return {name: list(rest) for name, (_, _, *rest) in last.items()}


def test_every_order_ends_equal(installation: Settings, arrived: Arrivals) -> None:
    assert len(arrived) == DELIVERIES
    ends: dict[str, dict[str, list]] = defaultdict(dict)
    for record_id, rest in known_at(installation, instants(installation)[-1]).items():
        order, _, name = record_id.partition("/")
        ends[order][name] = rest

    assert len(ends) == ORDERS
    assert {str(end) for end in map(sorted, map(dict.items, ends.values()))} == {
        str(sorted(by_oracle(HISTORY).items()))
    }
    assert faults(installation) == []


def test_what_was_known_at_every_instant_is_what_the_oracle_says(
    installation: Settings, arrived: Arrivals
) -> None:
    had: list[list[Said]] = [[] for _ in range(ORDERS)]
    moments = instants(installation)
    assert len(moments) == DELIVERIES

    for moment, delivery in zip(moments, arrived, strict=True):
        for order, said in enumerate(delivery):
            had[order] += said
        expected = {
            f"{order}/{name}": rest
            for order, said in enumerate(had)
            for name, rest in by_oracle(said).items()
        }
        assert known_at(installation, moment) == expected
