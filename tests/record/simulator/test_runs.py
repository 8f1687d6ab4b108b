"""A run: the same arguments give the same files, which nobody else may read."""

from pathlib import Path

import polars as pl

from pipelines.record.simulator.simulation import FEEDS as WRITTEN
from pipelines.record.simulator.simulation import simulate
from tests.record.simulator.conftest import UNTIL


def simulated_bytes(
    folder: Path, *, patients: int = 12, seed: int = 3
) -> dict[str, bytes]:
    simulate(patients=patients, years=2, seed=seed, until=UNTIL, folder=folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    assert simulated_bytes(tmp_path / "a") == simulated_bytes(tmp_path / "b")


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    first = simulated_bytes(tmp_path / "a")
    second = simulated_bytes(tmp_path / "b", seed=4)
    assert first["patients.csv"] != second["patients.csv"]


def test_a_second_run_into_the_same_folder_replaces_the_first(tmp_path: Path) -> None:
    assert simulated_bytes(tmp_path) == simulated_bytes(tmp_path)


def test_rows_are_counted_per_feed_and_progress_ends_with_all(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    counts = simulate(
        patients=5,
        years=1,
        seed=1,
        until=UNTIL,
        folder=tmp_path,
        progress=lambda *call: calls.append(call),
    )
    assert set(counts) == set(WRITTEN)
    for name, count in counts.items():
        rows = pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False)
        assert rows.height == count, name
    assert calls[-1] == ("patients", 5, 5)


def test_nobody_else_may_read_what_is_simulated(tmp_path: Path) -> None:
    folder = tmp_path / "simulated"
    for _ in range(2):
        simulate(patients=1, years=1, seed=1, until=UNTIL, folder=folder)
        modes = {path.stat().st_mode & 0o777 for path in folder.iterdir()}
        assert (folder.stat().st_mode & 0o777, modes) == (0o700, {0o600})
        (folder / "patients.csv").chmod(0o644)  # as an earlier version wrote it
