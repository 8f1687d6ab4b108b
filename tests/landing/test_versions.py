"""A fact's versions: what is new lands, what is known adds nothing."""

from pathlib import Path

import pytest

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.landing.report import FeedCounts
from pipelines.settings import Settings
from tests.landing.state import faults

HEADER = "record_id,source_patient_id,test_code,value_text,collected_at"
TIMED = f"{HEADER},source_updated_at,is_deleted"


class Source:
    """One source of laboratory results, delivered file by file."""

    def __init__(self, settings: Settings, folder: Path, name: str) -> None:
        self._settings = settings
        self._path = folder / "lab_results.csv"
        self._name = name

    def deliver(self, header: str, *lines: str) -> FeedCounts:
        """Deliver lines after record, patient and test; no source shares its bytes."""
        return self.deliver_for(self._name, header, *lines)

    def deliver_for(self, patient: str, header: str, *lines: str) -> FeedCounts:
        """Deliver lines of a patient."""
        told = [header, *(f"R1,{patient},2823-3,{line}" for line in lines)]
        self._path.write_text("\n".join([*told, ""]))
        report = load(
            self._settings, self._path, format_name="csv", source_system=self._name
        )
        return report.feeds["lab_results"]

    def versions(self) -> list[tuple[str, bool]]:
        """Return value and closing of every version, the current one last."""
        with connect(self._settings, Role.LOADER) as connection:
            return connection.execute(
                "select value_text, is_closed from raw.lab_results "
                "where source_system = %s order by version_at, adapter_revision, "
                "is_closed desc, content_hash",
                (self._name,),
            ).fetchall()


@pytest.fixture
def source(
    installation: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Source:
    return Source(installation, tmp_path, request.node.name)


def timed(value: str, hour: int, *, is_deleted: bool = False) -> str:
    return f"{value},2026-02-01,2026-02-02T{hour:02}:00:00Z,{str(is_deleted).lower()}"


def values(source: Source) -> list[str]:
    return [value for value, _ in source.versions()]


def test_the_same_row_in_other_bytes_is_unchanged(source: Source):
    assert source.deliver(HEADER, "4.1,2026-02-01").landed == 1
    again = source.deliver(HEADER.replace("record_id", "RECORD_ID"), "4.1,2026-02-01")
    assert (again.landed, again.unchanged) == (0, 1)


def test_a_change_and_its_return_are_versions_by_receipt(source: Source):
    source.deliver(HEADER, "4.1,2026-02-01")
    source.deliver(HEADER, "4.2,2026-02-01")
    back = source.deliver(HEADER.replace("record_id", "RECORD_ID"), "4.1,2026-02-01")
    assert back.landed == 1
    assert values(source) == ["4.1", "4.2", "4.1"]


def test_the_same_bytes_again_are_no_return(source: Source):
    source.deliver(HEADER, "4.1,2026-02-01")
    source.deliver(HEADER, "4.2,2026-02-01")
    again = source.deliver(HEADER, "4.1,2026-02-01")
    assert (again.landed, again.unchanged) == (0, 1)
    assert values(source) == ["4.1", "4.2"]


def test_the_sources_time_decides_not_the_order_of_arrival(source: Source):
    source.deliver(TIMED, timed("4.3", 12))
    assert source.deliver(TIMED, timed("4.1", 10)).landed == 1
    assert source.deliver(TIMED, timed("4.2", 11)).landed == 1
    assert values(source) == ["4.1", "4.2", "4.3"]


def test_a_deletion_closes_and_a_later_version_opens_again(source: Source):
    source.deliver(TIMED, timed("4.1", 10))
    source.deliver(TIMED, timed("4.1", 11, is_deleted=True))
    assert source.versions()[-1] == ("4.1", True)
    source.deliver(TIMED, timed("4.1", 12))
    assert source.versions()[-1] == ("4.1", False)
    assert len(source.versions()) == 3


def test_two_contents_of_one_fact_in_one_file_land_once_however_often(source: Source):
    first = source.deliver(TIMED, timed("4.1", 10), timed("4.2", 10))
    assert first.landed == 2
    lines = (timed("4.2", 10), timed("4.1", 10), timed("4.1", 10))
    again = source.deliver(TIMED, *lines)
    assert (again.landed, again.unchanged) == (0, 3)


def test_two_contents_of_one_fact_are_counted_as_a_conflict(
    source: Source, installation: Settings
):
    source.deliver(TIMED, timed("4.1", 10), timed("4.2", 10), timed("4.2", 11))
    with connect(installation, Role.OWNER) as connection:
        (conflicts,) = connection.execute(
            "select unexpected_count from quality.expectation_result "
            "where expectation_type = 'expect_compound_columns_to_be_unique' "
            "order by delivery_id desc limit 1"
        ).fetchone()
    assert conflicts == 2


def test_a_fact_that_comes_again_many_blocks_later_is_unchanged(
    installation: Settings, tmp_path: Path
):
    path = tmp_path / "many" / "lab_results.csv"
    path.parent.mkdir()
    filler = "x" * 900
    lines = [f"R{n},P1,2823-3,{filler},2026-02-01" for n in range(25_000)]
    path.write_text("\n".join([HEADER, *lines, lines[0], ""]))
    report = load(installation, path, format_name="csv", source_system="blocks")
    labs = report.feeds["lab_results"]
    assert (labs.made, labs.landed, labs.unchanged) == (25_001, 25_000, 1)


def test_books_rows_and_quarantine_agree(installation: Settings):
    assert faults(installation) == []


TOUCHED_LAST = """
    select count(distinct patient_key) from raw.touched_patients
    where delivery_id = (select max(delivery_id) from raw.delivery)
"""


def touched_last(settings: Settings) -> int:
    """Return how many patients the last delivery touched."""
    with connect(settings, Role.LOADER) as connection:
        return connection.execute(TOUCHED_LAST).fetchone()[0]


def test_a_result_that_moves_to_another_patient_touches_both(
    source: Source, installation: Settings
):
    source.deliver(HEADER, "4.1,2026-02-01")
    moved = source.deliver_for("SOMEBODY-ELSE", HEADER, "4.1,2026-02-01")
    assert moved.landed == 1
    assert touched_last(installation) == 2


def test_a_version_that_comes_late_touches_every_patient_of_its_result(
    source: Source, installation: Settings
):
    source.deliver_for("SOMEBODY-ELSE", TIMED, timed("4.1", 11))
    source.deliver_for("THE-FIRST", TIMED, timed("4.1", 9))
    assert touched_last(installation) == 2
    source.deliver(TIMED, timed("4.1", 10))
    assert touched_last(installation) == 3
    source.deliver(TIMED.replace("record_id", "RECORD_ID"), timed("4.1", 10))
    assert touched_last(installation) == 0
