"""The way back: what commits in the record lands once, however late it commits."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.landing.discovery import DeliveryError
from pipelines.landing.loading import load
from pipelines.record.actions.acknowledging import acknowledge
from pipelines.settings import Settings
from pipelines.sources.catalogue import ADAPTERS
from pipelines.sources.operational import ADAPTER
from pipelines.write_back import is_news_waiting, land_record, read_position
from tests.record.conftest import DOCTOR, GLUCOSE, POTASSIUM, empty_record

SCHEDULES = 50
WRITERS, WRITES = 4, 2
GIVE_UP, LAND = 0.2, 0.6  # how often a writer takes back, and a step is followed by one
LANDED = "select lab_result_key from raw.acknowledgements order by 1"
INSERT = """
    insert into laboratory.acknowledgements (
        patient_key, lab_result_key, reading_hash, user_id, person_name
    )
    values (1, %s, repeat('a', 32), 'doctor', 'Dr. One')
"""
ADDRESS = "select archive_address from raw.delivery_file where delivery_id = %s"
LATER_THAN = """
    select lab_result_key, acknowledged_at from laboratory.acknowledgements
    where acknowledged_at > %s order by acknowledged_at
"""
LAND_AND_DIE = """
import os, signal, sys
from pathlib import Path
from pipelines import write_back
from pipelines.landing.books import Books
from pipelines.settings import Mode, Settings

settings = Settings(home=Path(sys.argv[1]), mode=Mode.TEST, _env_file=None)
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "before the commit":
    Books.note_snapshot = die
write_back.land_record(settings)
die()
"""
HEADER = (
    "record_id,source_patient_id,lab_result_key,reading_hash,user_id,acknowledged_at"
)
ROW = "{},{},hospital:L1," + "a" * 32 + ",doctor,2026-02-01T09:30:00Z"


def landed(settings: Settings) -> list[str]:
    """Return the keys of all rows that landed, repeats included."""
    with connect(settings, Role.LOADER) as connection:
        return [key for (key,) in connection.execute(LANDED)]


def column(settings: Settings, query: str) -> list[object]:
    with connect(settings, Role.OWNER) as connection:
        return [value for (value,) in connection.execute(query)]


def test_what_people_wrote_lands_with_the_keys_that_the_warehouse_gave(
    ward: Settings,
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM], 'said "one, two"')
    acknowledge(ward, DOCTOR, [GLUCOSE])
    assert is_news_waiting(ward)

    report = land_record(ward)

    assert report.feeds["acknowledgements"].landed == 2
    with connect(ward, Role.LOADER) as connection:
        rows = connection.execute(
            "select source_system, patient_key, lab_result_key, reading_hash, user_id, "
            "person_name, role_code, comment_text from raw.acknowledgements "
            "order by lab_result_key"
        ).fetchall()
    by = ("doctor", "Dr. One", "doctor")
    assert rows == [
        ("operational", 1, "hospital:L1", "a" * 32, *by, 'said "one, two"'),
        ("operational", 2, "hospital:L3", "c" * 32, *by, None),
    ]
    assert column(ward, "select distinct feed from raw.touched_feeds") == [
        "acknowledgements"
    ]
    touched = "select patient_key from raw.touched_patients order by 1"
    assert column(ward, touched) == [1, 2]


def test_it_is_a_delivery_like_every_other_and_leaves_no_file(ward: Settings) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM], "words about a patient")

    delivery_id = land_record(ward).delivery_id

    with connect(ward, Role.LOADER) as connection:
        (address,) = connection.execute(ADDRESS, (delivery_id,)).fetchone()
    entry = ward.archive_folder / address[:2] / address[2:]
    for part in entry.iterdir():
        assert b"words about a patient" not in part.read_bytes()
    assert list((ward.root / "run" / "extract").iterdir()) == []


def test_nothing_new_lands_nothing(ward: Settings) -> None:
    assert land_record(ward) is None
    acknowledge(ward, DOCTOR, [POTASSIUM])
    land_record(ward)

    assert not is_news_waiting(ward)
    assert land_record(ward) is None
    assert landed(ward) == ["hospital:L1"]


@contextmanager
def writers(settings: Settings) -> Iterator[list[psycopg.Connection]]:
    """Yield connections of doctors, none in a transaction yet."""
    opened = [connect(settings, Role.DOCTOR, RECORD) for _ in range(WRITERS)]
    try:
        for each in opened:
            each.execute("select set_config('ehr.user_id', 'doctor', false)")
            each.commit()
        yield opened
    finally:
        for each in opened:
            each.close()


def run_schedule(settings: Settings, seed: int, land: Callable[[], object]) -> set[str]:
    """Write, commit, take back and land in a random order; return what was committed.

    Every writer's first row is older than rows that others commit before it.
    """
    chance = random.Random(seed)  # noqa: S311 - a schedule, no secret
    turns = [number for number in range(WRITERS) for _ in range(WRITES + 1)]
    chance.shuffle(turns)
    written: dict[int, set[str]] = {number: set() for number in range(WRITERS)}
    committed: set[str] = set()
    with writers(settings) as doctors:
        for turn, number in enumerate(turns):
            if len(written[number]) < WRITES:
                key = f"hospital:{seed}-{turn}"
                doctors[number].execute(INSERT, (key,))
                written[number].add(key)
            elif chance.random() < GIVE_UP:
                doctors[number].rollback()
            else:
                doctors[number].commit()
                committed |= written[number]
            if chance.random() < LAND:
                land()
    land()
    return committed


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_a_row_lands_once_however_late_its_transaction_commits(
    ward: Settings, seed: int
) -> None:
    committed = run_schedule(ward, seed, lambda: land_record(ward))

    assert landed(ward) == sorted(committed)


def test_a_watermark_of_time_would_skip_rows(ward: Settings) -> None:
    """The planted fault: the schedules above must be able to find one."""
    missed = 0
    for seed in range(SCHEDULES // 5):
        empty_record(ward)
        taken: dict[str, object] = {}

        def land_later_ones(taken: dict[str, object] = taken) -> None:
            latest = max(taken.values(), default="-infinity")
            with connect(ward, Role.EXTRACTOR, RECORD) as record:
                taken.update(record.execute(LATER_THAN, (latest,)).fetchall())

        missed += len(run_schedule(ward, seed, land_later_ones) - taken.keys())

    assert missed > 0


def test_a_long_transaction_elsewhere_holds_nothing_up(ward: Settings) -> None:
    with connect(ward, Role.LOADER) as loading:
        loading.execute("select pg_current_xact_id()")
        acknowledge(ward, DOCTOR, [POTASSIUM])

        land_record(ward)

        assert landed(ward) == ["hospital:L1"]


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_killed_write_back_loses_nothing_and_doubles_nothing(
    ward: Settings, moment: str
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM, GLUCOSE])

    killed = subprocess.run(
        [sys.executable, "-c", LAND_AND_DIE, str(ward.root), moment],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )

    assert killed.returncode == -signal.SIGKILL
    is_committed = moment == "after the commit"
    assert len(landed(ward)) == (2 if is_committed else 0)
    assert is_news_waiting(ward) != is_committed
    land_record(ward)
    assert landed(ward) == ["hospital:L1", "hospital:L3"]
    extracts = ward.root / "run" / "extract"
    assert is_committed or list(extracts.iterdir()) == []


def test_the_position_commits_with_the_rows(
    ward: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM])
    before = read_position(ward)
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.landing.books.Books.note_last_event", _fail)
        with pytest.raises(RuntimeError):
            land_record(ward)
    assert (read_position(ward), landed(ward)) == (before, [])

    land_record(ward)
    assert read_position(ward) != before


def _fail(*_: object) -> None:
    raise RuntimeError


def test_a_restored_server_is_read_from_the_beginning_and_nothing_is_doubled(
    ward: Settings,
) -> None:
    acknowledge(ward, DOCTOR, [POTASSIUM])
    land_record(ward)
    ahead = "999999999:999999999:"
    with connect(ward, Role.OWNER) as owner:
        owner.execute("update raw.extract_position set snapshot = %s", (ahead,))
    acknowledge(ward, DOCTOR, [GLUCOSE])

    report = land_record(ward)

    counts = report.feeds["acknowledgements"]
    assert (counts.landed, counts.unchanged) == (1, 1)
    assert read_position(ward) != ahead


def test_only_the_record_gives_patient_keys_and_speaks_in_its_own_name(
    tmp_path: Path, ward: Settings
) -> None:
    (tmp_path / "acknowledgements.csv").write_text(f"{HEADER}\n{ROW.format('A', 1)}\n")
    giving = replace(ADAPTERS["csv"], gives_patient_keys=True)

    for adapter, source in (
        (giving, "hospital"),
        (ADAPTER, "hospital"),
        (ADAPTERS["csv"], "operational"),
    ):
        with pytest.raises(DeliveryError, match="only what comes from the record"):
            load(ward, tmp_path, adapter=adapter, source_system=source)
    assert ADAPTER.name not in ADAPTERS


def test_a_file_of_acknowledgements_is_no_table_of_any_format(
    tmp_path: Path, ward: Settings
) -> None:
    path = tmp_path / "acknowledgements.csv"
    path.write_text(f"{HEADER}\n{ROW.format('A', 1)}\n")

    report = load(ward, tmp_path, format_name="csv", source_system="hospital")

    assert report.feeds == {}
    assert landed(ward) == []


def test_a_key_that_is_none_is_refused(tmp_path: Path, ward: Settings) -> None:
    rows = [ROW.format("A", "7"), ROW.format("B", "P1"), ROW.format("C", "8")]
    (tmp_path / "acknowledgements.csv").write_text("\n".join([HEADER, *rows, ""]))

    report = load(ward, tmp_path, adapter=ADAPTER)

    counts = report.feeds["acknowledgements"]
    assert (counts.landed, counts.refused) == (2, 1)
    keys = "select patient_key from raw.acknowledgements order by 1"
    assert column(ward, keys) == [7, 8]
