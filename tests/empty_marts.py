"""Installations with empty marts: built once a run of the tests, copied for each test.

The first build of an installation makes every code list and view, a minute's work that
is the same for all of them. A copy has them, and its first load is built by the
patients it touched. That a first build in full comes to the same is a test of its own:
``tests/dbt/test_builds.py``.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.building import build_marts
from pipelines.database import embedded
from pipelines.database.provisioning import bring_up
from pipelines.parsed_project import keep_parsed
from pipelines.settings import Mode, Settings

# Processes that run tests beside each other inherit it, and so share one.
RUN = os.environ.setdefault("TESTS_RUN", str(os.getpid()))
MODEL_HOME = Path(tempfile.gettempdir()) / f"ehr-empty-marts-{RUN}"


def copy_to(home: Path) -> None:
    """Make ``home`` a stopped installation with empty marts."""
    with _only_one_at_a_time():
        model = _settings(MODEL_HOME)
        if not (MODEL_HOME / "complete").exists():
            _make(model)
    _copy(MODEL_HOME / "keys", home / "keys")
    data = embedded.place(model).data_folder
    _copy(data, embedded.place(_settings(home)).data_folder)


def take_model_away() -> None:
    """Remove what was copied from."""
    shutil.rmtree(embedded.place(_settings(MODEL_HOME)).folder, ignore_errors=True)
    shutil.rmtree(MODEL_HOME, ignore_errors=True)
    _lock_file().unlink(missing_ok=True)


def _make(model: Settings) -> None:
    keep_parsed()
    bring_up(model)
    build_marts(model)
    embedded.stop(model)
    (MODEL_HOME / "complete").touch()


def _settings(home: Path) -> Settings:
    return Settings(home=home, mode=Mode.TEST, _env_file=None)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder's content with owners and rights."""
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(("cp", "--archive", f"{source}/.", str(target)), check=True)


def _lock_file() -> Path:
    return MODEL_HOME.with_suffix(".lock")


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    with _lock_file().open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
