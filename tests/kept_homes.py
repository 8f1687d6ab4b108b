"""Installations that many tests begin with: made once a run of the tests, then copied.

The first build of an installation makes every code list and view, a minute's work that
is the same for all of them; real sources take as long again to be loaded and built. A
copy has what was built, and what it loads itself is built by the patients it touched.
That a first build in full comes to the same is a test of its own:
``tests/dbt/test_builds.py``.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.building import build_marts
from pipelines.database import embedded
from pipelines.database.provisioning import bring_up
from pipelines.parsed_project import keep_parsed
from pipelines.settings import Mode, Settings

# Processes that run tests beside each other inherit it, and so share one.
RUN = os.environ.setdefault("TESTS_RUN", str(os.getpid()))
KEPT = Path(tempfile.gettempdir()) / f"ehr-kept-homes-{RUN}"
EMPTY = "empty_marts"
IS_COMPLETE = "complete"
# Of the process that made it, not of what it holds; a server is copied by itself.
NOT_COPIED = {"server", "run", "dbt", IS_COMPLETE}


def copy_empty_to(home: Path) -> None:
    """Make ``home`` a stopped installation with empty marts."""
    _copy(_kept(EMPTY, _build_empty), home)


def copy_filled_to(home: Path, name: str, fill: Callable[[Settings], None]) -> None:
    """Make ``home`` a stopped copy of what ``fill`` made of one with empty marts.

    ``fill`` is called once a run for all that ask for the same ``name``.
    """

    def make(settings: Settings) -> None:
        copy_empty_to(settings.root)
        bring_up(settings)
        fill(settings)

    _copy(_kept(name, make), home)


def take_kept_away() -> None:
    """Remove what was copied from."""
    for home in KEPT.glob("*/"):
        shutil.rmtree(embedded.place(_settings(home)).folder, ignore_errors=True)
    shutil.rmtree(KEPT, ignore_errors=True)


def _build_empty(settings: Settings) -> None:
    keep_parsed()
    bring_up(settings)
    build_marts(settings)


def _kept(name: str, make: Callable[[Settings], None]) -> Settings:
    """Return the settings of what is kept under a name, made if nobody has."""
    home = KEPT / name
    settings = _settings(home)
    with _only_one_at_a_time(name):
        if not (home / IS_COMPLETE).exists():
            make(settings)
            embedded.stop(settings)
            (home / IS_COMPLETE).touch()
    return settings


def _settings(home: Path) -> Settings:
    return Settings(home=home, mode=Mode.TEST, _env_file=None)


def _copy(kept: Settings, home: Path) -> None:
    """Copy an installation with owners and rights."""
    home.mkdir(parents=True, exist_ok=True)
    for each in kept.root.iterdir():
        if each.name not in NOT_COPIED:
            _copy_into(each, home)
    data = embedded.place(kept).data_folder
    folder = embedded.place(_settings(home)).folder
    folder.mkdir(parents=True, exist_ok=True)
    _copy_into(data, folder)


def _copy_into(source: Path, folder: Path) -> None:
    subprocess.run(("cp", "--archive", str(source), str(folder)), check=True)


@contextmanager
def _only_one_at_a_time(name: str) -> Iterator[None]:
    """Let one process at a time look for, or make, what is kept under a name."""
    KEPT.mkdir(mode=0o755, exist_ok=True)
    with KEPT.joinpath(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
