"""Facts that move to another patient are told, however their versions come."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.database import migrations
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.landing.state import faults

MIGRATION = (
    Path(migrations.__file__).parent / "versions" / "0023_moved_facts.sql"
).read_text()
HEADER = "record_id,source_patient_id,test_code,value_text,collected_at"
FILLER = "x" * 900
MANY = 25_000  # rows of a kilobyte: more than one block
TOLD = """
    select record_id, count(*) from raw.moved_facts
    where feed = 'lab_results' and source_system = %s
    group by record_id order by record_id
"""


class Laboratory:
    """A source of results, delivered in files of its own."""

    def __init__(self, settings: Settings, folder: Path, name: str) -> None:
        self._settings = settings
        self._path = folder / "lab_results.csv"
        self._name = name

    def deliver(self, *lines: str) -> None:
        """Deliver results, told as record, patient and value."""
        rows = [
            f"{record},{self._name}-{patient},2823-3,{value},2026-02-01"
            for record, patient, value in (line.split() for line in lines)
        ]
        self._path.write_text("\n".join([HEADER, *rows, ""]))
        load(self._settings, self._path, format_name="csv", source_system=self._name)

    def told(self) -> dict[str, int]:
        """Return by record how many patients a moved fact has had."""
        with connect(self._settings, Role.LOADER) as connection:
            return dict(connection.execute(TOLD, (self._name,)).fetchall())


@pytest.fixture
def laboratory(
    installation: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Laboratory]:
    yield Laboratory(installation, tmp_path, request.node.name)
    assert faults(installation) == []


def test_what_stays_with_its_patient_did_not_move(laboratory: Laboratory) -> None:
    laboratory.deliver("R1 A 4.1", "R2 B 4.1", "R2 B 4.2")
    laboratory.deliver("R1 A 4.2", "R2 B 4.1")
    assert laboratory.told() == {}


def test_a_later_delivery_moves_a_fact_from_one_to_the_next(
    laboratory: Laboratory,
) -> None:
    laboratory.deliver("R1 A 4.1", "R2 A 4.1")
    laboratory.deliver("R1 B 4.1", "R2 A 4.2")
    assert laboratory.told() == {"R1": 2}
    laboratory.deliver("R1 C 4.1")
    assert laboratory.told() == {"R1": 3}


def test_two_patients_of_one_fact_in_one_block_are_told(
    laboratory: Laboratory,
) -> None:
    laboratory.deliver("R1 A 4.1", "R2 A 4.1", "R1 B 4.1")
    assert laboratory.told() == {"R1": 2}


def test_two_patients_of_one_fact_in_two_blocks_are_told(
    laboratory: Laboratory,
) -> None:
    many = [f"F{number} A {FILLER}" for number in range(MANY)]
    laboratory.deliver("R1 A 4.1", *many, "R1 B 4.1", "F7 A 4.1")
    assert laboratory.told() == {"R1": 2}


def test_the_same_again_moves_nothing(laboratory: Laboratory) -> None:
    laboratory.deliver("R1 A 4.1")
    laboratory.deliver("R1 B 4.1")
    laboratory.deliver("R1 B 4.1", "R2 A 4.1")
    assert laboratory.told() == {"R1": 2}


def test_what_landed_before_there_was_the_list_is_found(
    laboratory: Laboratory, installation: Settings
) -> None:
    laboratory.deliver("R1 A 4.1", "R2 A 4.1")
    laboratory.deliver("R1 B 4.1", "R2 A 4.2")
    with connect(installation, Role.OWNER) as owner:
        owner.execute("delete from raw.moved_facts")
        owner.execute(MIGRATION[MIGRATION.index("do $$") :].replace("%%", "%"))
    assert laboratory.told() == {"R1": 2}
