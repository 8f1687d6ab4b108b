"""A backup that is killed leaves nothing that could be taken for a backup."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.backup.manifest import Manifest
from pipelines.backup.repository import PARTIAL, Repository
from pipelines.backup.verifying import verify_all
from pipelines.database import embedded
from pipelines.settings import PROJECT
from tests.backup.conftest import Site

# Kills itself at the n-th call of a function, before or after it is done.
KILLED = """
import os, signal, sys
from importlib import import_module
from pathlib import Path
from pipelines.backup.making import Wanted, make_backup
from pipelines.settings import Mode, Settings

home, folder, module, name, when, turn = sys.argv[1:]
made = import_module(module)
original, calls = getattr(made, name), []
def killed(*values, **options):
    calls.append(1)
    if len(calls) == int(turn) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = original(*values, **options)
    if len(calls) == int(turn):
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(made, name, killed)
settings = Settings(home=Path(home), mode=Mode.TEST, backup_folder=Path(folder),
                    _env_file=None)
make_backup(settings, Wanted(Path(folder), is_incremental=True), lambda _: None)
"""
MAKING = "pipelines.backup.making"
POINTS = [
    (MAKING, "copy_server", "before", 1),
    (MAKING, "seal_file", "before", 1),
    (MAKING, "problems_of", "before", 1),
    (MAKING, "publish", "before", 1),
    ("pipelines.backup.server_copy", "seal_file", "after", 1),
    ("pipelines.backup.home_files", "seal_file", "after", 1),
    ("pipelines.backup.wal", "seal_file", "before", 1),
]


@pytest.fixture(scope="module")
def good(site: Site) -> Manifest:
    """Return a finished backup, older than all that are killed."""
    return site.back_up()


def killed_at(site: Site, module: str, name: str, when: str, turn: int) -> int:
    """Run a backup that kills itself; return how its process ended."""
    (site.settings.root / "models").mkdir(exist_ok=True)
    (site.settings.root / "models" / name).write_text(f"{module} {when}")
    arguments = (site.settings.root, site.repository.folder, module, name, when, turn)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, arguments)], cwd=PROJECT, check=False
    )
    return done.returncode


@pytest.mark.parametrize(("module", "name", "when", "turn"), POINTS)
def test_a_killed_backup_is_never_listed(
    site: Site, good: Manifest, module: str, name: str, when: str, turn: int
) -> None:
    assert killed_at(site, module, name, when, turn) == -9

    assert site.repository.ids() == [good.backup_id]
    read = verify_all(site.repository, site.own_key())
    assert [problem for _, found in read for problem in found] == []


def test_the_next_backup_removes_what_was_left_and_is_whole(
    site: Site, good: Manifest
) -> None:
    killed_at(site, MAKING, "publish", "before", 1)
    assert list(site.repository.backups.glob(f"*{PARTIAL}"))
    where = embedded.place(site.settings)

    made = site.back_up(is_incremental=True)

    assert site.repository.ids() == [good.backup_id, made.backup_id]
    assert made.chain == [good.backup_id, made.backup_id]
    assert list(site.repository.folder.rglob(f"*{PARTIAL}")) == []
    assert list(where.folder.glob("backup.*")) == []


@pytest.mark.parametrize(("seconds_ago", "stays"), [(3590, True), (3610, False)])
def test_a_piece_of_the_log_that_may_be_being_sealed_is_left_alone(
    tmp_path: Path,
    seconds_ago: int,
    stays: bool,  # noqa: FBT001
) -> None:
    repository = Repository(tmp_path)
    piece = repository.wal("7") / f"000000010000000000000001.ab12{PARTIAL}"
    piece.parent.mkdir(parents=True)
    piece.touch()
    then = time.time() - seconds_ago
    os.utime(piece, (then, then))

    repository.sweep()

    assert piece.exists() is stays
