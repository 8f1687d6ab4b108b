"""A small hospital, simulated once for all tests that only read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.record.simulator.hospital import Hospital
from pipelines.record.simulator.population import Window
from pipelines.record.simulator.simulation import Summary, run

UNTIL = date(2026, 6, 30)
PATIENTS, YEARS, SEED = 60, 3, 11

Read = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="package")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    """Simulate once for all tests that only read."""
    folder = tmp_path_factory.mktemp("delivered")
    window = Window.ending(UNTIL, YEARS)
    return folder, run(Hospital(PATIENTS, SEED), window, folder, lambda *_: None)


@pytest.fixture(scope="package")
def read(delivered: tuple[Path, Summary]) -> Read:
    """Return a reader of one delivered feed, every column as text."""
    return lambda name: pl.read_csv(delivered[0] / f"{name}.csv", infer_schema=False)
